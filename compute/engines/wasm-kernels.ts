// The Kernels interface over the WebAssembly module: checks shapes, turns tensors into addresses.

import type { ElementwiseActivation, Kernels, SgdOptions } from '../kernels.js';
import { dropThreshold, keepScale } from '../random.js';
import type { Tensor } from '../tensor.js';
import { adamFactors } from './adam-factors.js';
import { checkBias, checkDense, checkLoss, checkRate, checkRows, checkSizes, columnsOf, rowsOf } from './shapes.js';
import type { WasmExports } from './wasm-exports.js';

export function wasmKernels(wasm: WasmExports): Kernels {
  return { ...products(wasm), ...activations(wasm), ...losses(wasm), ...updates(wasm) };
}

function at(tensor: Tensor): number {
  return 4 * tensor.offset;
}

type Products = Pick<Kernels, 'dense' | 'denseGradientWeights' | 'denseGradientBias' | 'denseGradientInput'>;

function products(wasm: WasmExports): Products {
  return {
    dense(y, x, w, b) {
      checkDense('dense', y, x, w, b);
      const bias = b === null ? 0 : at(b);
      wasm.dense(at(y), at(x), at(w), bias, b === null ? 0 : 1, rowsOf(x), columnsOf(x), columnsOf(y));
    },
    denseGradientWeights(dW, x, dY, scale, keep) {
      checkDense('denseGradientWeights', dY, x, dW, null);
      const [m, k, n] = [rowsOf(x), columnsOf(x), columnsOf(dY)];
      wasm.denseGradientWeights(at(dW), at(x), at(dY), m, k, n, scale, keep ? 1 : 0);
    },
    denseGradientBias(db, dY, scale, keep) {
      checkBias(db, dY);
      wasm.denseGradientBias(at(db), at(dY), rowsOf(dY), columnsOf(dY), scale, keep ? 1 : 0);
    },
    denseGradientInput(dX, dY, w) {
      checkDense('denseGradientInput', dY, dX, w, null);
      wasm.denseGradientInput(at(dX), at(dY), at(w), rowsOf(dX), columnsOf(dX), columnsOf(dY));
    },
  };
}

type Activations = Pick<Kernels, 'activate' | 'activateGradient' | 'softmax' | 'softmaxGradient' | 'dropout'>;

function activations(wasm: WasmExports): Activations {
  const forward: Record<ElementwiseActivation, WasmExports['leakyRelu']> = {
    relu: wasm.relu,
    leakyRelu: wasm.leakyRelu,
    tanh: wasm.tanh,
    sigmoid: wasm.sigmoid,
  };
  const backward: Record<ElementwiseActivation, WasmExports['leakyReluGradient']> = {
    relu: wasm.reluGradient,
    leakyRelu: wasm.leakyReluGradient,
    tanh: wasm.tanhGradient,
    sigmoid: wasm.sigmoidGradient,
  };
  return {
    activate(y, x, activation, alpha) {
      checkSizes(activation, y, x);
      forward[activation](at(y), at(x), x.size, alpha);
    },
    activateGradient(dX, dY, y, activation, alpha) {
      checkSizes(activation, dX, dY, y);
      backward[activation](at(dX), at(dY), at(y), y.size, alpha);
    },
    softmax(y, x) {
      checkRows('softmax', y, x);
      wasm.softmax(at(y), at(x), rowsOf(x), columnsOf(x));
    },
    softmaxGradient(dX, dY, y) {
      checkRows('softmaxGradient', dX, dY, y);
      wasm.softmaxGradient(at(dX), at(dY), at(y), rowsOf(y), columnsOf(y));
    },
    dropout(y, x, rate, { seed, layer, step, sample }) {
      checkSizes('dropout', y, x);
      checkRate(rate);
      const rows = x.shape[0] ?? 1;
      const n = x.size / rows;
      wasm.dropout(at(y), at(x), rows, n, dropThreshold(rate), keepScale(rate), seed, layer, step, sample);
    },
  };
}

type Losses = Pick<Kernels, 'softmaxCrossEntropy' | 'binaryCrossEntropy' | 'meanSquaredError'>;

function losses(wasm: WasmExports): Losses {
  return {
    softmaxCrossEntropy(losses, dX, logits, labels) {
      checkLoss('softmaxCrossEntropy', losses, dX, logits, labels, 1);
      wasm.softmaxCrossEntropy(at(losses), at(dX), at(logits), at(labels), rowsOf(logits), columnsOf(logits));
    },
    binaryCrossEntropy(losses, dX, logits, targets) {
      checkLoss('binaryCrossEntropy', losses, dX, logits, targets, columnsOf(logits));
      wasm.binaryCrossEntropy(at(losses), at(dX), at(logits), at(targets), rowsOf(logits), columnsOf(logits));
    },
    meanSquaredError(losses, dX, outputs, targets) {
      checkLoss('meanSquaredError', losses, dX, outputs, targets, columnsOf(outputs));
      wasm.meanSquaredError(at(losses), at(dX), at(outputs), at(targets), rowsOf(outputs), columnsOf(outputs));
    },
  };
}

type Updates = Pick<Kernels, 'sumOfSquares' | 'fill' | 'sgd' | 'adam'>;

function updates(wasm: WasmExports): Updates {
  return {
    sumOfSquares: (x) => wasm.sumOfSquares(at(x), x.size),
    fill: (x, value) => wasm.fill(at(x), x.size, value),
    sgd(w, gradient, velocity, options) {
      checkSizes('sgd', w, gradient, velocity ?? w);
      descend(wasm, w, gradient, velocity, options);
    },
    adam(w, gradient, m, v, options) {
      checkSizes('adam', w, gradient, m, v);
      const { gradientScale, oneMinusBeta1, oneMinusBeta2, rate, epsilon, decay } = adamFactors(options);
      const [wAt, gAt, mAt, vAt] = [at(w), at(gradient), at(m), at(v)];
      wasm.adam(wAt, gAt, mAt, vAt, w.size, gradientScale, oneMinusBeta1, oneMinusBeta2, rate, epsilon, decay);
    },
  };
}

function descend(wasm: WasmExports, w: Tensor, gradient: Tensor, velocity: Tensor | null, options: SgdOptions): void {
  const rate = options.learningRate * options.gradientScale;
  const decay = 1 - options.learningRate * options.weightDecay;
  if (velocity === null) wasm.sgd(at(w), at(gradient), w.size, rate, decay);
  else {
    const nesterov = options.nesterov ? 1 : 0;
    wasm.sgdMomentum(at(w), at(gradient), at(velocity), w.size, rate, options.momentum, nesterov, decay);
  }
}
