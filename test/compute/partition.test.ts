// The partition against every other one, for as many layers and stages as can be counted out.

import { expect } from 'chai';
import fc from 'fast-check';
import { partition } from '../../compute/partition.js';
import { leastCost } from '../support/all-partitions.js';

const MAX_LAYERS = 8;

/** Costs of all stages and ranges; some are impossible. */
const costTables = fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(Infinity)), {
  minLength: 5 * MAX_LAYERS * (MAX_LAYERS + 1),
  maxLength: 5 * MAX_LAYERS * (MAX_LAYERS + 1),
});

describe('partition', () => {
  it('is contiguous, covers all layers, and none is better', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: MAX_LAYERS }),
        fc.integer({ min: 1, max: 5 }),
        costTables,
        (layers, stages, table) => {
          const cost = (first: number, end: number, stage: number) =>
            table[(stage * MAX_LAYERS + first) * (MAX_LAYERS + 1) + end] as number;
          const found = partition(layers, stages, cost);
          const least = leastCost(layers, stages, cost);
          if (found === null) return void expect(least).to.equal(Infinity);
          expect(found.cost).to.equal(least);
          expect(found.ranges).to.have.length(stages);
          expect(found.ranges.map(({ first }) => first)).to.deep.equal([
            0,
            ...found.ranges.slice(0, -1).map(({ end }) => end),
          ]);
          expect(found.ranges.at(-1)?.end).to.equal(layers);
          expect(Math.max(...found.ranges.map(({ first, end }, stage) => cost(first, end, stage)))).to.equal(least);
        },
      ),
      { seed: 1, numRuns: 300 },
    );
  });

  it('finds the same where it knows a bound', () => {
    const flops = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(flops, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 30 }), (layers, stages, link) => {
        const atLeast = (first: number, end: number) => layers.slice(first, end).reduce((sum, each) => sum + each, 0);
        const cost = (first: number, end: number) => Math.max(atLeast(first, end), (first * link) % 70);
        expect(partition(layers.length, stages, cost, atLeast)).to.deep.equal(partition(layers.length, stages, cost));
      }),
      { seed: 2 },
    );
  });

  it('looks at few stages where it knows a bound', () => {
    let looks = 0;
    const cost = (first: number, end: number) => {
      looks++;
      return end - first;
    };
    expect(partition(400, 200, cost, (first, end) => (end - first) / 1.5)?.cost).to.equal(2);
    expect(looks).to.be.below(400 * 200 * 4);
  });

  it('gives every stage a layer', () => {
    expect(partition(3, 3, () => 1)?.ranges).to.deep.equal([
      { first: 0, end: 1 },
      { first: 1, end: 2 },
      { first: 2, end: 3 },
    ]);
    expect(partition(2, 3, () => 1)).to.equal(null);
  });

  it('prefers balance among equals', () => {
    // Layer 0 costs most whatever is done; the others are still shared out evenly.
    const costs = [10, 1, 1, 1, 1];
    const cost = (first: number, end: number) => costs.slice(first, end).reduce((sum, one) => sum + one, 0);
    expect(partition(5, 3, cost)?.ranges).to.deep.equal([
      { first: 0, end: 1 },
      { first: 1, end: 3 },
      { first: 3, end: 5 },
    ]);
  });
});
