// Tensors: ndarray views over the one memory an engine preallocates, row-major, 32-bit floats.
// An arena hands them out once, when a stage is built; nothing is allocated per step.

import ndarray, { type NdArray } from 'ndarray';
import { CapacityError } from '../errors.js';

/** A row-major view; `data` is the engine's whole memory, `offset` counts floats into it. */
export type Tensor = NdArray<Float32Array>;

export type Shape = readonly number[];

const ALIGNMENT_FLOATS = 16; // 64 bytes: a cache line, and every SIMD width

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** The tensor's own floats, as a view into the engine's memory. */
export function floatsOf(tensor: Tensor): Float32Array {
  return tensor.data.subarray(tensor.offset, tensor.offset + tensor.size);
}

/** Hands out aligned tensors from a memory, in order, for the lifetime of a stage. */
export class Arena {
  private nextFloat: number;

  /** @param firstFloat where free memory starts: engines keep their scratch space below it */
  constructor(
    readonly memory: Float32Array,
    firstFloat = 0,
  ) {
    this.nextFloat = align(firstFloat);
  }

  get usedFloats(): number {
    return this.nextFloat;
  }

  /** @throws CapacityError when the memory is used up */
  tensor(shape: Shape): Tensor {
    const offset = this.nextFloat;
    const end = align(offset + sizeOf(shape));
    if (end > this.memory.length) {
      throw new CapacityError(
        `a tensor of shape [${shape.join(', ')}] needs ${4 * (end - this.memory.length)} bytes more than this board's memory of ${4 * this.memory.length}`,
        { remedy: 'Use a smaller batch or window, or give the layer to a larger board.' },
      );
    }
    this.nextFloat = end;
    return ndarray(this.memory, [...shape], rowMajorStride(shape), offset);
  }

  /** Tensors that were handed out one after the other, as one vector; what lies between them is padding. */
  static span(tensors: readonly Tensor[]): Tensor | null {
    const [first, last] = [tensors[0], tensors.at(-1)];
    if (first === undefined || last === undefined) return null;
    return ndarray(first.data, [align(last.offset + last.size) - first.offset], [1], first.offset);
  }

  /** Elements `start` up to, not including, `end` of a vector. */
  static slice(vector: Tensor, start: number, end: number): Tensor {
    return ndarray(vector.data, [end - start], [1], vector.offset + start);
  }

  /** The same floats under another shape: views cost nothing. */
  static reshape(tensor: Tensor, shape: Shape): Tensor {
    return ndarray(tensor.data, [...shape], rowMajorStride(shape), tensor.offset);
  }
}

/** Counts what a stage will need, without any memory behind it: run the same builder twice. */
export class MeasuringArena extends Arena {
  constructor() {
    super(new Float32Array(0));
  }

  private floats = 0;

  override get usedFloats(): number {
    return this.floats;
  }

  override tensor(shape: Shape): Tensor {
    const offset = this.floats;
    this.floats = align(offset + sizeOf(shape));
    return ndarray(EMPTY, [...shape], rowMajorStride(shape), offset);
  }
}

const EMPTY = new Float32Array(0);

/** What a tensor of so many floats takes of an arena. */
export function paddedSize(floats: number): number {
  return align(floats);
}

function align(floats: number): number {
  return Math.ceil(floats / ALIGNMENT_FLOATS) * ALIGNMENT_FLOATS;
}

function rowMajorStride(shape: Shape): number[] {
  const stride = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    stride[axis] = step;
    step *= shape[axis] as number;
  }
  return stride;
}
