import { expect } from 'chai';
import { type Contestant, contestantOf, variantsNamed } from '../../comparison/contestants.js';
import { type PlannedRun, planRuns } from '../../comparison/plan.js';
import { recoveryName, recoveryPair } from '../../comparison/recovery.js';
import { runSpecSchema } from '../../protocol/run-spec.js';

const BASE = runSpecSchema.parse({
  name: 'x',
  data: { source: 'mnist' },
  model: { layers: [{ type: 'dense', units: 10 }] },
  loss: 'softmaxCrossEntropy',
});

function plan(names: readonly string[], boards: readonly number[], mostRingBoards = 8): PlannedRun[] {
  const contestants: Contestant[] = variantsNamed(names).map((variant) => contestantOf(variant, BASE));
  return planRuns({ contestants, boards, rounds: 2, mostRingBoards: () => mostRingBoards });
}

function chosen(...args: Parameters<typeof plan>): string[] | string {
  const pair = recoveryPair(plan(...args));
  return typeof pair === 'string' ? pair : [pair.ring, pair.star].map(recoveryName);
}

describe('whom faults befall in a comparison', () => {
  const ALL = ['ring-async', 'star-ssp', 'ring', 'star'];

  it('are the plain ring and the plain star, on the most boards up to four', () => {
    expect(chosen(ALL, [1, 2, 4, 8])).to.deep.equal(['ring-4', 'star-4']);
    expect(chosen(ALL, [2, 3, 8])).to.deep.equal(['ring-3', 'star-3']);
  });

  it('are others of their kind where there are no plain ones', () => {
    expect(chosen(['ring-async', 'star-ssp', 'star-asp'], [2])).to.deep.equal(['ring-async-2', 'star-ssp-2']);
  });

  it('are on fewer boards where the model has no layers for more', () => {
    expect(chosen(ALL, [2, 4], 3)).to.deep.equal(['ring-2', 'star-2']);
  });

  it('are none where one kind is missing, or boards are too few or too many', () => {
    for (const none of [chosen(['ring', 'ring-async'], [2]), chosen(ALL, [1, 8]), chosen(ALL, [2], 1)]) {
      expect(none).to.equal('No ring and star took part together on 2 to 4 boards, to let faults befall them.');
    }
  });
});
