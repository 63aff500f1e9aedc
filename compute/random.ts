// Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011).
// A draw is a pure function of (key, counter), so that initialisation, dropout and shuffling do not
// depend on how the layers are split or in which order boards compute (design decision 3).

/** Second word of the key: streams of different purpose never share a number. */
export const PURPOSE = { initialisation: 0, dropout: 1, shuffle: 2, faults: 3 } as const;

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** Upper 32 bits of the product of two unsigned 32-bit integers: JavaScript only has the lower ones. */
export function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16); // below 2^32: exact
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + (carry >>> 16)) >>> 0;
}

/** Writes the four 32-bit words of block (`c0`..`c3`) under key (`k0`, `k1`) to `out`; allocates nothing. */
export function philox(
  out: Uint32Array,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): Uint32Array {
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0 >>> 0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2 >>> 0);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
  return out;
}

/** A 32-bit word as a float in [0, 1), exact in single precision. */
export function uniform(word: number): number {
  return (word >>> 8) * 2 ** -24;
}

/** The word below which an element is dropped: an element is kept iff its word is at least this. */
export function dropThreshold(rate: number): number {
  return Math.floor(rate * 2 ** 32);
}

/** What kept elements are multiplied by, as a single-precision number. */
export function keepScale(rate: number): number {
  return Math.fround(1 / (1 - rate));
}

/** The integers below `count` in random order (Fisher and Yates): the order of an epoch's samples. */
export function permutation(count: number, seed: number, epoch: number): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  const block = new Uint32Array(4);
  for (let last = count - 1; last > 0; last--) {
    const other = integerBelow(last + 1, block, last, epoch, seed);
    const swapped = order[last] as number;
    order[last] = order[other] as number;
    order[other] = swapped;
  }
  return order;
}

/** Unbiased by rejection (Lemire 2019): words whose product falls into the short first interval are drawn again. */
function integerBelow(bound: number, block: Uint32Array, index: number, epoch: number, seed: number): number {
  const shortInterval = 2 ** 32 % bound;
  for (let attempt = 0; ; attempt++) {
    const word = philox(block, index, attempt, epoch, 0, seed, PURPOSE.shuffle)[0] as number;
    if (Math.imul(word, bound) >>> 0 >= shortInterval) return multiplyHigh(word, bound);
  }
}

/** Uniform in (-limit, limit). `layer` is the index in the whole model, `parameter` the one within the layer. */
export function fillUniform(target: Float32Array, limit: number, seed: number, layer: number, parameter: number): void {
  const block = new Uint32Array(4);
  for (let index = 0; index < target.length; index++) {
    if ((index & 3) === 0) philox(block, index >>> 2, 0, parameter, layer, seed, PURPOSE.initialisation);
    target[index] = (2 * openUniform(block[index & 3] as number) - 1) * limit;
  }
}

/**
 * Normal of standard deviation `deviation` after truncation at two sigma, as Keras' heNormal: the
 * normal that is cut is wider by the factor that truncation costs.
 */
export function fillNormal(
  target: Float32Array,
  deviation: number,
  seed: number,
  layer: number,
  parameter: number,
): void {
  const sigma = deviation / TRUNCATED_DEVIATION;
  const block = new Uint32Array(4);
  for (let index = 0; index < target.length; index++) {
    target[index] = sigma * truncatedNormal(block, index, parameter, layer, seed);
  }
}

/** Standard deviation of a unit normal that is cut at two sigma. */
const TRUNCATED_DEVIATION = 0.87962566103423978;

/** Box and Muller 1958, repeated with the next attempt until it falls within two sigma (95 % do). */
function truncatedNormal(block: Uint32Array, index: number, parameter: number, layer: number, seed: number): number {
  for (let attempt = 0; ; attempt++) {
    philox(block, index, attempt, parameter, layer, seed, PURPOSE.initialisation);
    const radius = Math.sqrt(-2 * Math.log(openUniform(block[0] as number)));
    const value = radius * Math.cos(2 * Math.PI * openUniform(block[1] as number));
    if (Math.abs(value) < 2) return value;
  }
}

/** As `uniform`, but never 0: the middle of each of 2^24 intervals. */
function openUniform(word: number): number {
  return uniform(word) + 2 ** -25;
}
