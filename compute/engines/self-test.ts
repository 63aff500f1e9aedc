// Whether an engine's products are right on this processor and this V8: tried before an engine is used,
// because a wrong instruction does not fail, it trains a wrong network.

import type { Engine, Kernels } from '../kernels.js';
import { type Arena, floatsOf, type Shape, type Tensor } from '../tensor.js';
import * as plain from './plain/dense.js';

/** What the arena of the engine under test must hold. */
export const SELF_TEST_FLOATS = 1 << 15;

/** [m, k, n]: less than a tile on each side, then several, with a rest on each. */
const SHAPES = [
  [5, 7, 9],
  [33, 40, 65],
] as const;
/** So that the code of V8's optimising compiler, which replaces that of its quick one, is tried as well. */
const ROUNDS = 8;
/** Integers up to this, whose sums of 65 products are exact in single precision, however they are computed. */
const LARGEST = 500;

type Products = Pick<Kernels, 'dense' | 'denseGradientInput' | 'denseGradientWeights'>;

interface Trial {
  readonly operation: string;
  readonly expected: Float32Array;
  readonly actual: Tensor;
  run(kernels: Products, result: Tensor): void;
}

/**
 * @param fused whether products are to be added without being rounded first
 * @returns what is wrong, or null
 */
export function productFault({ kernels, arena }: Pick<Engine, 'kernels' | 'arena'>, fused: boolean): string | null {
  const trials = SHAPES.flatMap(([m, k, n]) => trialsOf(arena, m, k, n));
  const fusion = fusionTrial(arena, fused);
  for (let round = 0; round < ROUNDS; round++) {
    const wrong = trials.find((trial) => !holds(trial, kernels));
    if (wrong !== undefined) return `its ${wrong.operation} is wrong on this processor`;
    if (!holds(fusion, kernels)) return `this processor ${fused ? 'does not fuse' : 'fuses'} products and sums`;
  }
  return null;
}

function holds({ expected, actual, run }: Trial, kernels: Products): boolean {
  const result = floatsOf(actual).fill(0);
  run(kernels, actual);
  return result.every((value, index) => value === expected[index]);
}

function trialsOf(arena: Arena, m: number, k: number, n: number): Trial[] {
  const [x, w, b, dY] = [
    integers(arena, [m, k]),
    integers(arena, [k, n]),
    integers(arena, [n]),
    integers(arena, [m, n]),
  ];
  return [
    trial(arena, 'dense', [m, n], (kernels, y) => kernels.dense(y, x, w, b)),
    trial(arena, 'denseGradientInput', [m, k], (kernels, dX) => kernels.denseGradientInput(dX, dY, w)),
    trial(arena, 'denseGradientWeights', [k, n], (kernels, dW) => kernels.denseGradientWeights(dW, x, dY, -2, false)),
  ];
}

function trial(arena: Arena, operation: string, shape: Shape, run: Trial['run']): Trial {
  const actual = arena.tensor(shape);
  run(plain, actual);
  return { operation, expected: floatsOf(actual).slice(), actual, run };
}

/** Positive, negative, all different in their neighbourhood. */
function integers(arena: Arena, shape: Shape): Tensor {
  const tensor = arena.tensor(shape);
  floatsOf(tensor).forEach((_, index, floats) => {
    floats[index] = ((index * 389) % (2 * LARGEST + 1)) - LARGEST;
  });
  return tensor;
}

/** `(1 + 2^-12)² - (1 + 2^-11)` is 2^-24 when its square is not rounded, and 0 when it is. */
function fusionTrial(arena: Arena, fused: boolean): Trial {
  const [x, w, actual] = [arena.tensor([1, 2]), arena.tensor([2, 1]), arena.tensor([1, 1])];
  floatsOf(x).set([-1, 1 + 2 ** -12]);
  floatsOf(w).set([1 + 2 ** -11, 1 + 2 ** -12]);
  const expected = Float32Array.of(fused ? 2 ** -24 : 0);
  return { operation: 'dense', expected, actual, run: (kernels, y) => kernels.dense(y, x, w, null) };
}
