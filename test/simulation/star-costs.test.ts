// Pieces of a star that are simulated as one: nothing of them is lost, and there are few enough of them.

import { expect } from 'chai';
import { starCosts } from '../../simulation/star-costs.js';
import { BOARD, evenRun, several, starOf } from './scenarios.js';

/** 3.5 million weights, 54 pieces. */
const LAYERS = 350;

function bundlesOf(workers: number) {
  const spec = evenRun(LAYERS, { mode: 'star', training: { batch: workers, microBatches: 1 } });
  return starCosts(starOf(spec, several(workers + 1, BOARD))).bundles;
}

function sumOf(bundles: ReturnType<typeof bundlesOf>, key: keyof ReturnType<typeof bundlesOf>[number]): number {
  return bundles.reduce((sum, bundle) => sum + bundle[key], 0);
}

describe('the costs of a star', () => {
  it('know each piece of a small fleet by itself', () => {
    const bundles = bundlesOf(4);
    expect(bundles).to.have.length(Math.ceil((LAYERS * 10_000) / 65_536));
    expect(sumOf(bundles, 'elements')).to.equal(LAYERS * 10_000);
  });

  it('bundle the pieces of a large fleet, without losing any of their elements, entries and bytes', () => {
    const [small, large] = [bundlesOf(4), bundlesOf(4000)];
    expect(large.length).to.be.within(8, 16);
    for (const key of ['elements', 'entries', 'parameterBytes', 'gradientBytes'] as const)
      expect(sumOf(large, key), key).to.equal(sumOf(small, key));
  });
});
