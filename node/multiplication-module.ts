// The paper's multiplication module: reads the parameters and multiplies what the previous node sent.
// In today's words: forward through the stage's layers, into a slot of the stash.

import type { Kernels } from '../compute/kernels.js';
import type { Layer, Pass } from '../compute/layer.js';
import type { Tensor } from '../compute/tensor.js';
import type { ParameterStore } from './parameter-store.js';
import type { StashSlot } from './stash.js';

export class MultiplicationModule {
  constructor(
    private readonly kernels: Kernels,
    private readonly layers: readonly Layer[],
    private readonly store: ParameterStore,
  ) {}

  /** From `slot.values[0]`, which holds the input, to the stage's output, which it returns. */
  forward(slot: StashSlot, pass: Pass, version: number): Tensor {
    let x = slot.values[0] as Tensor;
    for (const [index, layer] of this.layers.entries()) {
      const y = slot.values[index + 1] as Tensor;
      layer.forward(this.kernels, y, x, this.store.weights(index, version), pass);
      x = y;
    }
    return x;
  }
}
