import { expect } from 'chai';
import { longEnough } from '../../../cli/compare/stretch.js';
import { type RunSpec, runSpecSchema } from '../../../protocol/run-spec.js';

function specOf(training: object): RunSpec {
  return runSpecSchema.parse({
    name: 'x',
    data: { source: 'mnist' },
    model: { layers: [{ type: 'dense', units: 10 }] },
    loss: 'softmaxCrossEntropy',
    training,
  });
}

describe('the length of a run that faults are to befall', () => {
  /** A second to begin with. */
  const timed = (secondsAnEpoch: number, failure: string | null = null) => {
    const tried: (number | undefined)[] = [];
    const run = async ({ training }: RunSpec) => {
      tried.push(training.epochs ?? training.steps);
      return { seconds: 1 + secondsAnEpoch * (training.epochs ?? training.steps ?? 1), failure };
    };
    return { tried, run };
  };

  it('is that of the run file where it is enough', async () => {
    const { tried, run } = timed(5);
    expect((await longEnough(specOf({ epochs: 8 }), { seconds: 30, stretch: 1 }, run)).stretch).to.equal(1);
    expect(tried).to.deep.equal([8]);
  });

  it('is more of the same until it is enough', async () => {
    const { tried, run } = timed(0.1);
    const { stretch, spec, undisturbed } = await longEnough(specOf({ epochs: 2 }), { seconds: 30, stretch: 1 }, run);
    expect(undisturbed.seconds).to.be.at.least(30);
    expect(spec.training.epochs).to.equal(2 * stretch);
    expect(tried[0]).to.equal(2);
    expect(tried[1]).to.be.at.most(40);
  });

  it('counts in steps where the run file does', async () => {
    const { spec, stretch } = await longEnough(specOf({ steps: 50 }), { seconds: 30, stretch: 1 }, timed(0.1).run);
    expect(spec.training)
      .to.include({ steps: 50 * stretch })
      .and.not.to.have.property('epochs');
  });

  it('begins with what was too short, and ends with a failure', async () => {
    const { tried, run } = timed(0.1, 'gone');
    const { undisturbed } = await longEnough(specOf({}), { seconds: 30, stretch: 4 }, run);
    expect(undisturbed.failure).to.equal('gone');
    expect(tried).to.deep.equal([4]);
  });
});
