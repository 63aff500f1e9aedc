import { expect } from 'chai';
import { tiledStep } from '../../../benchmarks/peers/tiled.js';
import { multiplyAdd, rowMajor, transposed } from '../../../benchmarks/peers/tiled-matmul.js';
import { expectClose, generator } from '../../support/engine-bench.js';

/** Row by row, as it is defined. */
function product(a: Float32Array, b: Float32Array, m: number, k: number, n: number): number[] {
  return Array.from({ length: m * n }, (_, index) => {
    const [i, j] = [Math.floor(index / n), index % n];
    return Array.from({ length: k }, (_, p) => (a[i * k + p] as number) * (b[p * n + j] as number)).reduce(
      (sum, each) => sum + each,
      1,
    );
  });
}

function flipped(a: Float32Array, rows: number, columns: number): Float32Array {
  return a.map((_, index) => a[(index % rows) * columns + Math.floor(index / rows)] as number);
}

describe('the tiled peer', () => {
  for (const [m, k, n] of [
    [4, 4, 4],
    [1, 3, 1],
    [5, 7, 6],
    [8, 1, 13],
  ] as const) {
    it(`multiplies ${m} x ${k} by ${k} x ${n}, and their transposes, and adds`, () => {
      const random = generator(m * k * n);
      const a = Float32Array.from({ length: m * k }, random);
      const b = Float32Array.from({ length: k * n }, random);
      const expected = product(a, b, m, k, n);
      const c = new Float32Array(m * n).fill(1);
      multiplyAdd(c, rowMajor(a, k), rowMajor(b, n), m, k, n);
      expectClose(c, expected, 1e-5);
      c.fill(1);
      const [aT, bT] = [flipped(a, m, k), flipped(b, k, n)];
      multiplyAdd(c, transposed(rowMajor(aT, m)), transposed(rowMajor(bT, k)), m, k, n);
      expectClose(c, expected, 1e-5);
    });
  }

  it('learns what it is shown', () => {
    const step = tiledStep([6, 9, 3], 8, generator(1));
    const first = step();
    expect(first).to.be.within(0.5, 3);
    let last = first;
    for (let count = 0; count < 300; count++) last = step();
    expect(last).to.be.below(0.9 * first);
  });
});
