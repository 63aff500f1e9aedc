// The paper's backpropagation module: takes the gradient from the other side, leaves those of the
// parameters in the store, and hands the gradient of the input to the neighbour it came from.

import { wantsInputGradient } from '../compute/cost.js';
import type { Kernels } from '../compute/kernels.js';
import type { Layer, Pass } from '../compute/layer.js';
import { Arena, type Shape, sizeOf, type Tensor } from '../compute/tensor.js';
import type { ParameterStore } from './parameter-store.js';
import type { StashSlot } from './stash.js';

export class BackpropagationModule {
  /** `gradients[i]` is the gradient of the input of layer i; the last one is that of the stage's output. */
  private readonly gradients: readonly Tensor[];
  private readonly wantsGradient: readonly boolean[];

  constructor(
    arena: Arena,
    private readonly kernels: Kernels,
    private readonly layers: readonly Layer[],
    private readonly store: ParameterStore,
    inputShape: Shape,
    microBatch: number,
  ) {
    this.gradients = allocateGradients(arena, layers, inputShape, microBatch);
    this.wantsGradient = layers.map((layer) => wantsInputGradient(layers, layer));
  }

  /** Where the gradient of the stage's output `[micro-batch, ...]` goes before `backward`. */
  get outputGradient(): Tensor {
    return this.gradients.at(-1) as Tensor;
  }

  /**
   * @param version of the weights that forward computed at
   * @returns the gradient of the stage's input, or null when the stage begins with the model's first layer
   */
  backward(slot: StashSlot, pass: Pass, version: number): Tensor | null {
    for (let index = this.layers.length - 1; index >= 0; index--) {
      const layer = this.layers[index] as Layer;
      const dX = this.gradientAt(index);
      if (dX === null && layer.parameters.length === 0) break; // before it nothing is trained either
      const dY = this.gradients[index + 1] as Tensor;
      const x = slot.values[index] as Tensor;
      const y = slot.values[index + 1] as Tensor;
      const weights = this.store.weights(index, version);
      layer.backward(this.kernels, dX, dY, x, y, weights, this.store.target(index, pass), pass);
    }
    return this.gradientAt(0);
  }

  /** Where the gradient of a layer's input goes; null where nobody wants it. A stage without layers hands on what it got. */
  private gradientAt(index: number): Tensor | null {
    return this.wantsGradient[index] === false ? null : (this.gradients[index] as Tensor);
  }
}

/** Two buffers serve all layers in turn; an elementwise layer writes its dX over its dY. */
function allocateGradients(arena: Arena, layers: readonly Layer[], inputShape: Shape, microBatch: number): Tensor[] {
  const shapes = [inputShape, ...layers.map((layer) => layer.outputShape)];
  const largest = microBatch * Math.max(...shapes.map(sizeOf));
  const buffers: [Tensor, Tensor] = [arena.tensor([largest]), arena.tensor([largest])];
  let current = 0;
  const gradients: Tensor[] = [];
  for (let index = layers.length; index >= 0; index--) {
    const shape = shapes[index] as Shape;
    gradients.unshift(Arena.reshape(buffers[current] as Tensor, [microBatch, ...shape]));
    if (!layers[index - 1]?.elementwise) current = 1 - current;
  }
  return gradients;
}
