// The training step of dense-step.ts in plain JavaScript on tiled products: what an engine must beat to be
// worth its keep.

import { multiplyAdd, rowMajor, transposed } from './tiled-matmul.js';

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly w: Float32Array;
  readonly b: Float32Array;
  readonly dW: Float32Array;
  readonly y: Float32Array;
  readonly dY: Float32Array;
}

const LEARNING_RATE = 0.01;

/** Returns the step as a function that gives the mean loss of the batch. */
export function tiledStep(sizes: readonly number[], batch: number, random: () => number = Math.random): () => number {
  const layers = sizes.slice(1).map((outputs, index) => newLayer(sizes[index] as number, outputs, batch, random));
  const x = Float32Array.from({ length: batch * (sizes[0] as number) }, () => 2 * random() - 1);
  return () => {
    forward(layers, x, batch);
    const loss = softmaxCrossEntropy(layers[layers.length - 1] as Layer, batch);
    backward(layers, x, batch);
    return loss;
  };
}

function newLayer(inputs: number, outputs: number, batch: number, random: () => number): Layer {
  const limit = Math.sqrt(6 / (inputs + outputs));
  return {
    inputs,
    outputs,
    w: Float32Array.from({ length: inputs * outputs }, () => limit * (2 * random() - 1)),
    b: new Float32Array(outputs),
    dW: new Float32Array(inputs * outputs),
    y: new Float32Array(batch * outputs),
    dY: new Float32Array(batch * outputs),
  };
}

function forward(layers: readonly Layer[], x: Float32Array, batch: number): void {
  let input = x;
  layers.forEach(({ inputs, outputs, w, b, y }, index) => {
    for (let row = 0; row < batch; row++) y.set(b, row * outputs);
    multiplyAdd(y, rowMajor(input, inputs), rowMajor(w, outputs), batch, inputs, outputs);
    if (index < layers.length - 1) relu(y);
    input = y;
  });
}

function relu(y: Float32Array): void {
  for (let i = 0; i < y.length; i++) if ((y[i] as number) < 0) y[i] = 0;
}

/** Leaves `softmax - onehot` in `dY`; sample i is of class i modulo the classes. */
function softmaxCrossEntropy({ outputs, y, dY }: Layer, batch: number): number {
  let loss = 0;
  for (let row = 0; row < batch; row++) {
    const logits = y.subarray(row * outputs, (row + 1) * outputs);
    const highest = Math.max(...logits);
    const sum = logits.reduce((total, logit) => total + Math.exp(logit - highest), 0);
    const label = row % outputs;
    for (let j = 0; j < outputs; j++) dY[row * outputs + j] = Math.exp((logits[j] as number) - highest) / sum;
    dY[row * outputs + label] = (dY[row * outputs + label] as number) - 1;
    loss += highest + Math.log(sum) - (logits[label] as number);
  }
  return loss / batch;
}

function backward(layers: readonly Layer[], x: Float32Array, batch: number): void {
  for (let index = layers.length - 1; index >= 0; index--) {
    const layer = layers[index] as Layer;
    const below = layers[index - 1];
    if (below !== undefined) inputGradient(layer, below, batch);
    update(layer, below?.y ?? x, batch);
  }
}

/** `dX = dY Wᵀ`, where the relu below let something through. */
function inputGradient({ outputs, w, dY }: Layer, below: Layer, batch: number): void {
  below.dY.fill(0);
  multiplyAdd(below.dY, rowMajor(dY, outputs), transposed(rowMajor(w, outputs)), batch, outputs, below.outputs);
  for (let i = 0; i < below.y.length; i++) if (below.y[i] === 0) below.dY[i] = 0;
}

/** `W -= lr Xᵀ dY / batch`, and the bias likewise. */
function update({ inputs, outputs, w, b, dW, dY }: Layer, x: Float32Array, batch: number): void {
  const rate = LEARNING_RATE / batch;
  dW.fill(0);
  multiplyAdd(dW, transposed(rowMajor(x, inputs)), rowMajor(dY, outputs), inputs, batch, outputs);
  for (let i = 0; i < w.length; i++) w[i] = (w[i] as number) - rate * (dW[i] as number);
  for (let i = 0; i < dY.length; i++) b[i % outputs] = (b[i % outputs] as number) - rate * (dY[i] as number);
}
