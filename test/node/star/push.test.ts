// What a worker of a star lets through its filter: `significance` means what the server's step will really change.

import { expect } from 'chai';
import fc from 'fast-check';
import type { OptimizerSpec } from '../../../compute/specs.js';
import { Activity } from '../../../node/activity.js';
import type { Piece } from '../../../node/pieces.js';
import type { StarPart } from '../../../node/star/part.js';
import { Push } from '../../../node/star/push.js';
import { valuesIn } from '../../../protocol/packed-tensor.js';
import { EXACT_WIRE } from '../../../protocol/wire-dtypes.js';
import { mulberry32 } from '../../support/finite-differences.js';
import { openLocalStar } from '../../support/local-star.js';
import { samplesFrom, weightsOf } from '../../support/star-samples.js';
import { partAt, type StarRun, TINY } from '../../support/star-stages.js';

const THRESHOLD = 0.25;
const filter = { type: 'significance', threshold: THRESHOLD } as const;
const shares = [4, 8, 20];
const BATCH = 32;
const PIECE: Piece = { index: 0, start: 0, end: 3 };

/** Of these sums over the samples of worker 1, those that it sends. */
function sentOf(sums: number[], optimizer: OptimizerSpec, star: Partial<StarPart>, clock = 0): number[] {
  const part = partAt({ stage: TINY, shares, star: { filter, ...star } }, 1);
  const push = new Push({ part, optimizer, elements: sums.length, wire: EXACT_WIRE, activity: new Activity() });
  const { packed, entries } = push.pack({ ...PIECE, end: sums.length }, Float32Array.from(sums), clock);
  return [...valuesIn(packed, [entries], 'f32', true)];
}

describe('a push under significance', () => {
  const sgd: OptimizerSpec = { type: 'sgd', learningRate: 0.5 };
  /** What changes a parameter by exactly the threshold: all samples of the step divide it, not the share's own. */
  const just = (THRESHOLD * BATCH) / 0.5;

  it('holds what changes its parameter by the threshold or more, however small the share', () => {
    for (const consistency of ['bsp', 'ssp', 'asp'] as const) {
      expect(sentOf([just, 0.99 * just, -just], sgd, { consistency })).to.deep.equal([just, -just]);
    }
  });

  it('goes by the learning rate of the step that the run is at', () => {
    const optimizer: OptimizerSpec = { ...sgd, schedule: { type: 'step', every: 10, factor: 0.5 } };
    const sums = [just, 2 * just, 4 * just];
    expect(sentOf(sums, optimizer, {}, 9)).to.deep.equal(sums);
    expect(sentOf(sums, optimizer, {}, 10)).to.deep.equal(sums.slice(1));
    expect(sentOf(sums, optimizer, { firstStep: 8 }, 2)).to.deep.equal(sums.slice(1));
    expect(sentOf(sums, optimizer, { firstStep: 20 }, 0)).to.deep.equal(sums.slice(2));
  });

  it('of local steps goes by their changes, which the samples of all workers average', () => {
    const change = THRESHOLD * BATCH;
    expect(sentOf([change, 0.99 * change], sgd, { localSteps: 4 })).to.deep.equal([change]);
  });

  it('changes no parameter by less at the server, and holds back none that would change by more', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('ssp', 'asp'), fc.nat(1000), async (consistency, seed) => {
        const run = (star: object): StarRun => {
          return { stage: TINY, shares: [3, 5], star: { consistency, staleness: 1, ...star } };
        };
        const threshold = 0.05;
        const changes = [{ filter: { type: 'significance', threshold } }, {}].map(async (star) => {
          const local = await openLocalStar(run(star));
          const before = weightsOf(local.server.worker);
          local.give(1, 0, 0, samplesFrom(seed, 3, 3));
          local.run(mulberry32(1));
          return weightsOf(local.server.worker).map((weight, at) => weight - (before[at] as number));
        });
        const [thinned, whole] = (await Promise.all(changes)) as [Float32Array, Float32Array];
        for (const [at, change] of whole.entries()) {
          const isAtBound = Math.abs(Math.abs(change) - threshold) < 1e-6;
          if (!isAtBound) expect(thinned[at]).to.be.closeTo(Math.abs(change) < threshold ? 0 : change, 1e-6);
        }
      }),
      { numRuns: 20, seed: 1 },
    );
  });
});
