import { expect } from 'chai';
import fc from 'fast-check';
import { findLargest, stepOf } from '../../../cli/limits/search.js';

const MOST = 5_000;

/** Anything from 1 to the most, with a threshold anywhere, also outside. */
const cases = fc
  .record({
    least: fc.integer({ min: 1, max: 50 }),
    beyond: fc.integer({ min: 0, max: MOST }),
    start: fc.double({ min: 0, max: 1, noNaN: true }),
    threshold: fc.integer({ min: 0, max: 2 * MOST }),
    resolution: fc.double({ min: 0, max: 0.3, noNaN: true }),
  })
  .map(({ least, beyond, start, threshold, resolution }) => {
    const first = least + Math.floor(start * beyond);
    return { search: { least, most: least + beyond, first, resolution }, threshold };
  });

describe('the search for the largest size that works', () => {
  async function searched({ search, threshold }: typeof cases extends fc.Arbitrary<infer T> ? T : never) {
    const tried: number[] = [];
    const found = await findLargest(search, async (size) => {
      tried.push(size);
      return size <= threshold;
    });
    return { ...found, tried };
  }

  it('finds the threshold to its resolution, wherever it begins', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ search, threshold }) => {
        const { largest, smallestFailed } = await searched({ search, threshold });
        const { least, most, resolution } = search;
        const known = { largest, smallestFailed };
        if (threshold < least) expect(known).to.deep.equal({ largest: null, smallestFailed: least });
        else if (threshold >= most) expect(known).to.deep.equal({ largest: most, smallestFailed: null });
        else {
          expect(largest).to.be.at.most(threshold);
          expect(smallestFailed).to.be.greaterThan(threshold);
          expect(smallestFailed! - largest!).to.be.at.most(stepOf(largest!, resolution));
        }
      }),
      { seed: 19 },
    );
  });

  it('finds it exactly where the resolution is one step', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ search, threshold }) => {
        const { largest } = await searched({ search: { ...search, resolution: 0 }, threshold });
        expect(largest ?? 0).to.equal(threshold < search.least ? 0 : Math.min(threshold, search.most));
      }),
      { seed: 19 },
    );
  });

  it('never tries a size twice, nor one outside, and only as many as it takes to double and to halve', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ search, threshold }) => {
        const { tried } = await searched({ search, threshold });
        const { least, most, first } = search;
        expect(new Set(tried).size).to.equal(tried.length);
        expect(Math.min(...tried)).to.be.at.least(least);
        expect(Math.max(...tried)).to.be.at.most(most);
        const doublings = Math.ceil(Math.log2(most / first)) + 1;
        expect(tried.length).to.be.at.most(doublings + Math.ceil(Math.log2(most)) + 1);
      }),
      { seed: 19 },
    );
  });

  it('doubles, then halves', async () => {
    const search = { least: 1, most: 1000, first: 4, resolution: 0.03 };
    expect((await searched({ search, threshold: 21 })).tried).to.deep.equal([4, 8, 16, 32, 24, 20, 22, 21]);
  });

  it('goes on from a first size that is too large', async () => {
    const search = { least: 2, most: 1000, first: 8, resolution: 0.03 };
    expect((await searched({ search, threshold: 3 })).tried).to.deep.equal([8, 4, 2, 3]);
    expect((await searched({ search, threshold: 1 })).largest).to.equal(null);
  });
});
