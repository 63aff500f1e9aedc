import { expect } from 'chai';
import { contestantOf, variantsNamed } from '../../comparison/contestants.js';
import { nameOf, planRuns } from '../../comparison/plan.js';
import { runSpecSchema } from '../../protocol/run-spec.js';

const BASE = runSpecSchema.parse({
  name: 'x',
  data: { source: 'mnist' },
  model: { layers: [{ type: 'dense', units: 10 }] },
  loss: 'softmaxCrossEntropy',
  training: { batch: 4, microBatches: 4 },
});

function plan(names: string[], boards: number[], rounds = 1) {
  const contestants = variantsNamed(names).map((variant) => contestantOf(variant, BASE));
  return planRuns({ contestants, boards, rounds, mostRingBoards: () => 3 });
}

describe('the plan of a comparison', () => {
  it('has every contestant once at each number of boards in each round', () => {
    const names = plan(['ring', 'star', 'star-asp'], [1, 2], 2).map(nameOf);
    expect(names).to.have.length(12);
    expect(new Set(names).size).to.equal(12);
  });

  it('lets them take turns, and another begin each time', () => {
    expect(plan(['ring', 'star'], [1, 2], 2).map(nameOf)).to.deep.equal([
      ...['ring-1-1', 'star-1-1', 'star-2-1', 'ring-2-1'],
      ...['star-1-2', 'ring-1-2', 'ring-2-2', 'star-2-2'],
    ]);
  });

  it('gives each round a seed of its own, the same to all', () => {
    const seeds = plan(['ring', 'star'], [1], 2).map((run) => [nameOf(run), run.contestant.spec.seed]);
    expect(Object.fromEntries(seeds)).to.deep.equal({ 'ring-1-1': 1, 'star-1-1': 1, 'ring-1-2': 2, 'star-1-2': 2 });
  });

  it('says what cannot be', () => {
    const reasons = plan(['ring', 'star'], [3, 4, 5]).map((run) => [nameOf(run), run.notPossible]);
    expect(Object.fromEntries(reasons)).to.deep.equal({
      'ring-3-1': null,
      'star-3-1': null,
      'ring-4-1': 'the model has layers for at most 3 boards in a ring',
      'star-4-1': null,
      'ring-5-1': 'the model has layers for at most 3 boards in a ring',
      'star-5-1': 'a batch of 4 samples has no share for each of 5 boards',
    });
  });
});
