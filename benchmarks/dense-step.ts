// One training step of a classifier of dense layers with relu, built directly on the kernels: forward,
// softmax cross-entropy, backward and plain SGD, as the PyTorch peer does it.

import type { Engine } from '../compute/kernels.js';
import { fillUniform } from '../compute/random.js';
import { type Arena, floatsOf, MeasuringArena, type Tensor } from '../compute/tensor.js';

interface DenseLayer {
  readonly w: Tensor;
  readonly b: Tensor;
  readonly dW: Tensor;
  readonly db: Tensor;
  /** Output, after relu in all layers but the last. */
  readonly y: Tensor;
  readonly dY: Tensor;
}

interface Network {
  readonly x: Tensor;
  readonly labels: Tensor;
  readonly losses: Tensor;
  readonly layers: readonly DenseLayer[];
}

const LEARNING_RATE = 0.01;

/** How many floats `denseStep` takes from the arena. */
export function floatsFor(sizes: readonly number[], batch: number): number {
  const arena = new MeasuringArena();
  allocate(arena, sizes, batch);
  return arena.usedFloats;
}

/**
 * Returns the step as a function that gives the mean loss of the batch.
 * @param fused backward adds to the weights itself, as a node does where a step is one micro-batch
 */
export function denseStep(engine: Engine, sizes: readonly number[], batch: number, fused = false): () => number {
  const network = allocate(engine.arena, sizes, batch);
  initialize(network, sizes);
  return () => {
    forward(engine, network);
    backward(engine, network, fused);
    if (!fused) update(engine, network, batch);
    return floatsOf(network.losses).reduce((sum, loss) => sum + loss, 0) / batch;
  };
}

function allocate(arena: Arena, sizes: readonly number[], batch: number): Network {
  const layers = sizes.slice(1).map((outputs, index) => {
    const inputs = sizes[index] as number;
    return {
      w: arena.tensor([inputs, outputs]),
      b: arena.tensor([outputs]),
      dW: arena.tensor([inputs, outputs]),
      db: arena.tensor([outputs]),
      y: arena.tensor([batch, outputs]),
      dY: arena.tensor([batch, outputs]),
    };
  });
  const x = arena.tensor([batch, sizes[0] as number]);
  return { x, labels: arena.tensor([batch, 1]), losses: arena.tensor([batch]), layers };
}

function initialize(network: Network, sizes: readonly number[]): void {
  fillUniform(floatsOf(network.x), 1, 1, 0, 0);
  const classes = sizes[sizes.length - 1] as number;
  floatsOf(network.labels).forEach((_, index, labels) => {
    labels[index] = index % classes;
  });
  network.layers.forEach(({ w }, index) => {
    const [inputs, outputs] = w.shape as [number, number];
    fillUniform(floatsOf(w), Math.sqrt(6 / (inputs + outputs)), 1, index + 1, 0);
  });
}

function forward({ kernels }: Engine, { x, layers }: Network): void {
  let input = x;
  layers.forEach(({ w, b, y }, index) => {
    kernels.dense(y, input, w, b);
    if (index < layers.length - 1) kernels.activate(y, y, 'relu', 0);
    input = y;
  });
}

function backward({ kernels }: Engine, { x, labels, losses, layers }: Network, fused: boolean): void {
  const scale = fused ? -LEARNING_RATE / labels.size : 1;
  const last = layers[layers.length - 1] as DenseLayer;
  kernels.softmaxCrossEntropy(losses, last.dY, last.y, labels);
  for (let index = layers.length - 1; index >= 0; index--) {
    const { w, b, dW, db, dY } = layers[index] as DenseLayer;
    const below = layers[index - 1];
    if (below !== undefined) kernels.denseGradientInput(below.dY, dY, w); // before w changes
    kernels.denseGradientWeights(fused ? w : dW, below?.y ?? x, dY, scale, fused);
    kernels.denseGradientBias(fused ? b : db, dY, scale, fused);
    if (below !== undefined) kernels.activateGradient(below.dY, below.dY, below.y, 'relu', 0);
  }
}

function update({ kernels }: Engine, { layers }: Network, batch: number): void {
  const options = {
    learningRate: LEARNING_RATE,
    momentum: 0,
    nesterov: false,
    weightDecay: 0,
    gradientScale: 1 / batch,
  };
  for (const { w, b, dW, db } of layers) {
    kernels.sgd(w, dW, null, options);
    kernels.sgd(b, db, null, options);
  }
}
