// The stash: what forward leaves for backward, one slot for each micro-batch in flight. Slots are made
// once; a layer writes over its input where no backward reads what it would overwrite.

import type { Layer } from '../compute/layer.js';
import { Arena, type Shape, type Tensor } from '../compute/tensor.js';

/** `values[0]` is the stage's input `[micro-batch, ...]`, `values[i + 1]` the output of its layer i. */
export interface StashSlot {
  readonly values: readonly Tensor[];
}

export class Stash {
  private readonly free: StashSlot[];
  private readonly held = new Map<string, StashSlot>();

  constructor(arena: Arena, layers: readonly Layer[], inputShape: Shape, microBatch: number, slots: number) {
    this.free = Array.from({ length: slots }, () => allocateSlot(arena, layers, inputShape, microBatch));
  }

  /** A slot for a micro-batch that begins. The window keeps the schedule from asking for more than there are. */
  take(step: number, micro: number): StashSlot {
    const slot = this.free.pop();
    if (!slot) throw new RangeError(`no stash slot left for step ${step}, micro-batch ${micro}`);
    this.held.set(`${step}/${micro}`, slot);
    return slot;
  }

  /** The slot of a micro-batch in flight. */
  peek(step: number, micro: number): StashSlot {
    const slot = this.held.get(`${step}/${micro}`);
    if (!slot) throw new RangeError(`no stash for step ${step}, micro-batch ${micro}`);
    return slot;
  }

  /** The slot of a micro-batch whose backward begins, and whose slot is free after it. */
  release(step: number, micro: number): StashSlot {
    const slot = this.peek(step, micro);
    this.held.delete(`${step}/${micro}`);
    this.free.push(slot);
    return slot;
  }
}

export function allocateSlot(arena: Arena, layers: readonly Layer[], inputShape: Shape, microBatch: number): StashSlot {
  const values = [arena.tensor([microBatch, ...inputShape])];
  for (const [index, layer] of layers.entries()) {
    const shape = [microBatch, ...layer.outputShape];
    const input = values[index] as Tensor;
    values.push(mayOverwriteInput(layers, index) ? Arena.reshape(input, shape) : arena.tensor(shape));
  }
  return { values };
}

function mayOverwriteInput(layers: readonly Layer[], index: number): boolean {
  const layer = layers[index] as Layer;
  const before = layers[index - 1];
  return layer.elementwise && layer.backwardNeeds !== 'input' && before?.backwardNeeds !== 'output';
}
