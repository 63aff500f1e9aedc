// Where an engine's kernels are tried: tensors with guards behind them, test data, and a comparison
// with bounds on rounding errors.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Engine } from '../../compute/kernels.js';
import { Arena, floatsOf, type Shape, sizeOf, type Tensor } from '../../compute/tensor.js';

/** How many floats an engine must have for a bench. */
export const BENCH_FLOATS = 1 << 20;

/** Half a unit in the last place of 1 in single precision: the relative error of one rounding. */
export const ROUNDING = 2 ** -24;

/** On both sides of every vector, tile and panel width, and of two block depths. */
export const EXTENTS = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 129];
export const extent = fc.constantFrom(...EXTENTS);
export const seedOf = fc.integer({ min: 0, max: 0xffffffff });

/** mulberry32: enough for test data. */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The values of a tensor as rows along the last axis. */
export function rows(tensor: Tensor): number[][] {
  const columns = tensor.shape[tensor.shape.length - 1] as number;
  const values = Array.from(floatsOf(tensor));
  return Array.from({ length: values.length / columns }, (_, i) => values.slice(i * columns, (i + 1) * columns));
}

/** Equal within `relative` of the value plus `absolute`; NaN and infinity equal themselves. */
export function expectClose(
  actual: Iterable<number>,
  expected: readonly number[],
  relative: number,
  absolute = 0,
): void {
  const values = Array.from(actual);
  expect(values.length).to.equal(expected.length);
  values.forEach((value, index) => {
    const wanted = expected[index] as number;
    if (Object.is(value, wanted) || value === wanted) return;
    const distance = Math.abs(value - wanted);
    if (distance <= relative * Math.abs(wanted) + absolute) return;
    expect.fail(`element ${index} is ${value}, expected ${wanted}; off by ${distance}`);
  });
}

/** Hands out tensors from one arena, over and over, with a guard behind each that nothing may touch. */
export class Bench {
  private readonly guards: Tensor[] = [];
  private readonly memory: Tensor;
  private next: number;

  constructor(readonly engine: Engine) {
    this.memory = engine.arena.tensor([BENCH_FLOATS - 64]);
    this.next = this.memory.offset;
  }

  reset(): void {
    this.next = this.memory.offset;
    this.guards.length = 0;
  }

  /** Deliberately not aligned beyond a float: the guard begins right behind the last element. */
  tensor(shape: Shape, values?: (index: number) => number): Tensor {
    const tensor = this.take(shape);
    floatsOf(tensor).set(Float32Array.from({ length: sizeOf(shape) }, (_, index) => values?.(index) ?? Number.NaN));
    const guard = this.take([5]);
    floatsOf(guard).fill(12345);
    this.guards.push(guard);
    return tensor;
  }

  /** Runs the property on fresh tensors and checks that nothing was written beside them. */
  check<T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void, numRuns = 60): void {
    fc.assert(
      fc.property(arbitrary, (value) => {
        this.reset();
        property(value);
        this.checkGuards();
      }),
      { seed: 20261121, numRuns },
    );
  }

  private take(shape: Shape): Tensor {
    const view = Arena.reshape(this.memory, shape);
    view.offset = this.next;
    this.next += sizeOf(shape);
    return view;
  }

  checkGuards(): void {
    for (const guard of this.guards)
      expect(Array.from(floatsOf(guard))).to.deep.equal([12345, 12345, 12345, 12345, 12345]);
  }
}
