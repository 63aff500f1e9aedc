// Which rows are held out: decided by the seed alone, and with every class represented as it is in the
// whole, so that two runs of one seed are tested on the same rows and no class is missing by chance.

import { permutation } from '../compute/random.js';

export interface HeldOut {
  readonly train: Uint32Array;
  readonly test: Uint32Array;
}

/** The shuffles of training count their epochs from 0, so they never meet this one. */
const SPLIT_EPOCH = 0xffff_ffff;

/**
 * Permutes the rows by the seed and holds out the last `testCount`, class by class.
 * @param classOf the class index of each row; undefined when there are no classes
 */
export function holdOut(rowCount: number, testCount: number, seed: number, classOf?: ArrayLike<number>): HeldOut {
  const order = permutation(rowCount, seed, SPLIT_EPOCH);
  const wanted = classOf === undefined ? [testCount] : shares(classOf, testCount);
  const train = new Uint32Array(rowCount - testCount);
  const test = new Uint32Array(testCount);
  let trainEnd = train.length;
  let testEnd = test.length;

  for (let i = rowCount - 1; i >= 0; i--) {
    const row = order[i] as number;
    const rowClass = classOf?.[row] ?? 0;
    const open = wanted[rowClass] as number;
    if (open > 0) {
      wanted[rowClass] = open - 1;
      test[--testEnd] = row;
    } else {
      train[--trainEnd] = row;
    }
  }
  return { train, test };
}

/** How many of `total` rows each class gives, by largest remainder, so that they add up exactly. */
function shares(classOf: ArrayLike<number>, total: number): number[] {
  const sizes = sizesOf(classOf);
  const exact = sizes.map((size) => (size * total) / classOf.length);
  const whole = exact.map(Math.floor);
  const missing = total - whole.reduce((sum, share) => sum + share, 0);
  const remainder = (index: number) => (exact[index] as number) - (whole[index] as number);
  const byRemainder = sizes.map((_, index) => index).sort((a, b) => remainder(b) - remainder(a) || a - b);
  for (const index of byRemainder.slice(0, missing)) {
    whole[index] = (whole[index] as number) + 1;
  }
  return whole;
}

function sizesOf(classOf: ArrayLike<number>): number[] {
  const sizes: number[] = [];
  for (let row = 0; row < classOf.length; row++) {
    const rowClass = classOf[row] as number;
    while (sizes.length <= rowClass) {
      sizes.push(0);
    }
    sizes[rowClass] = (sizes[rowClass] as number) + 1;
  }
  return sizes;
}
