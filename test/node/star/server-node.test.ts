// The server of a star between its pushes: it evaluates whole steps only, gives its weights once, and says what is wrong.

import { expect } from 'chai';
import type { Outgoing } from '../../../node/node-messages.js';
import { type MadeUpStar, openMadeUpStar } from '../../support/made-up-star.js';
import { bytes, samplesFrom, weightsOf } from '../../support/star-samples.js';
import { type StarRun, TINY, WIDE } from '../../support/star-stages.js';

const SAMPLES = 4;

/** Gives the server all micro-batches of an evaluation. */
function stream(star: MadeUpStar, step: number, microBatches = 1): void {
  for (let micro = 0; micro < microBatches; micro++) {
    const { data, targets } = samplesFrom(10 * micro, SAMPLES, 3);
    star.node.deliver({ kind: 'targets', step, micro, training: false, samples: SAMPLES, data: targets });
    star.node.deliver({ kind: 'eval', step, micro, data });
  }
}

const ofKind = <Kind extends Outgoing['kind']>(star: MadeUpStar, kind: Kind) =>
  star.told.filter((each): each is Extract<Outgoing, { kind: Kind }> => each.kind === kind);
const kindsOf = ({ told }: MadeUpStar) => told.map(({ kind }) => kind);

/** One push of each of these workers. */
function push(star: MadeUpStar, ...workers: number[]): void {
  for (const worker of workers) {
    star.settle();
    expect(star.pushPiece(worker), `worker ${worker}`).to.equal(true);
  }
  star.settle();
}

const RUN: StarRun = { stage: TINY, shares: [2, 2] };

describe('the server of a star, between pushes', () => {
  it('evaluates at the weights of that step, and takes in nothing meanwhile', async () => {
    const star = await openMadeUpStar(RUN, { gradientAt: () => 1 });
    star.share(3);
    star.node.deliver({ kind: 'evaluation', step: 1, microBatches: 2 });
    push(star, 1);
    expect(kindsOf(star)).to.deep.equal(['pushed']);
    push(star, 2);
    expect(kindsOf(star)).to.deep.equal(['pushed', 'pushed', 'evaluating']);
    const held = bytes(weightsOf(star.worker));
    star.pushPiece(1);
    star.pushPiece(2);
    star.settle();
    expect(bytes(weightsOf(star.worker))).to.equal(held);
    stream(star, 1, 2);
    star.settle();
    const evaluated = ofKind(star, 'evaluated');
    expect(evaluated.map(({ step, micro, samples }) => [step, micro, samples])).to.deep.equal([
      [1, 0, SAMPLES],
      [1, 1, SAMPLES],
    ]);
    expect(bytes(weightsOf(star.worker))).not.to.equal(held);
    expect(kindsOf(star).slice(-2)).to.deep.equal(['pushed', 'pushed']);
  });

  it('gives the next parameters before it evaluates, so that workers compute meanwhile', async () => {
    const star = await openMadeUpStar(RUN);
    star.share(2);
    star.node.deliver({ kind: 'evaluation', step: 1, microBatches: 1 });
    push(star, 1, 2);
    expect(star.records.filter(({ kind, clock }) => kind === 'grant' && clock === 1)).to.have.length(2);
    expect(kindsOf(star).at(-1)).to.equal('evaluating');
  });

  it('evaluates two steps that are due at once one after the other', async () => {
    const star = await openMadeUpStar({ ...RUN, star: { localSteps: 2 } });
    star.share(1);
    for (const step of [1, 2]) star.node.deliver({ kind: 'evaluation', step, microBatches: 1 });
    push(star, 1, 2);
    for (const step of [1, 2]) {
      stream(star, step);
      star.settle();
    }
    expect(kindsOf(star).slice(2)).to.deep.equal(['evaluating', 'evaluated', 'evaluating', 'evaluated']);
  });

  it('evaluates no clock that is half in: with local steps a clock may end beyond the step', async () => {
    const star = await openMadeUpStar({ ...RUN, star: { localSteps: 3 } }, { gradientAt: () => 1 });
    star.share(1);
    star.node.deliver({ kind: 'evaluation', step: 1, microBatches: 1 });
    push(star, 1); // 6 samples, of the 4 of a step
    expect(kindsOf(star)).to.deep.equal(['pushed']);
    push(star, 2);
    expect(kindsOf(star)).to.deep.equal(['pushed', 'pushed', 'evaluating']);
  });

  it('nor one that waits for a worker before it in the order, until that is lost', async () => {
    const star = await openMadeUpStar({ ...RUN, shares: [1, 3], star: { localSteps: 3 } });
    star.share(1);
    star.node.deliver({ kind: 'evaluation', step: 1, microBatches: 1 });
    push(star, 2);
    expect(kindsOf(star)).to.deep.equal(['pushed']);
    star.drop(1);
    star.settle();
    expect(kindsOf(star)).to.deep.equal(['pushed', 'evaluating']);
  });

  it('keeps the weights when a worker is lost amid an evaluation', async () => {
    const star = await openMadeUpStar(RUN, { gradientAt: () => 1 });
    star.share(3);
    star.node.deliver({ kind: 'evaluation', step: 1, microBatches: 2 });
    push(star, 1, 2);
    star.pushPiece(1);
    star.settle();
    const held = bytes(weightsOf(star.worker));
    star.drop(2);
    star.settle();
    expect(bytes(weightsOf(star.worker))).to.equal(held);
    stream(star, 1, 2);
    star.settle();
    expect(bytes(weightsOf(star.worker))).not.to.equal(held);
  });

  it('gives its weights when asked, once all that came is in', async () => {
    const star = await openMadeUpStar(RUN);
    star.share(1);
    star.settle();
    star.node.deliver({ kind: 'collect', step: 1 });
    star.pushPiece(2);
    star.pushPiece(1);
    star.settle();
    expect(kindsOf(star)).to.deep.equal(['pushed', 'pushed', 'weights']);
  });

  it('tells that weights are not finite instead of giving them', async () => {
    const star = await openMadeUpStar(RUN);
    const [kernel] = star.worker.store.namedWeights();
    kernel?.tensor.set(0, 0, NaN);
    star.node.deliver({ kind: 'collect', step: 7 });
    star.settle();
    star.node.deliver({ kind: 'collect', step: 7 });
    star.settle();
    expect(kindsOf(star)).to.deep.equal(['fault']);
    expect(star.told[0]).to.include({ layer: 'dense_0', step: 7 });
    expect((star.told[0] as { message: string }).message).to.equal('dense_0/kernel is not finite after 7 steps');
  });

  it('tells once that an evaluation is not finite, naming the layer', async () => {
    const star = await openMadeUpStar(RUN);
    star.node.deliver({ kind: 'evaluation', step: 0, microBatches: 1 });
    star.node.deliver({ kind: 'targets', step: 0, micro: 0, training: false, samples: 4, data: new Float32Array(4) });
    star.node.deliver({ kind: 'eval', step: 0, micro: 0, data: new Float32Array(12).fill(NaN) });
    star.settle();
    stream(star, 0);
    star.settle();
    expect(kindsOf(star)).to.deep.equal(['evaluating', 'fault']);
    expect((star.told[1] as { message: string }).message).to.match(/^the output of input is not finite/);
  });

  it('tells a weight that the wire cannot hold, and sends nothing', async () => {
    const wire = { activations: 'f32', gradients: 'f32', parameters: 'f16' } as const;
    const star = await openMadeUpStar({ ...RUN, wire });
    star.worker.store.namedWeights()[0]?.tensor.set(0, 0, 70_000);
    star.share(1);
    star.settle();
    expect(kindsOf(star)).to.deep.equal(['fault']);
    expect((star.told[0] as { message: string }).message).to.contain('70000');
    expect(star.sentTo(1)).to.equal(0);
  });

  it('changes the weights the same after a loss, whoever comes first', async () => {
    const schedule = { type: 'step', every: 1, factor: 0.5 } as const;
    const stage = { ...WIDE, optimizer: { type: 'sgd', learningRate: 0.5, schedule } as const };
    const weightsAfter = async (...order: number[]) => {
      const star = await openMadeUpStar({ stage, shares: [2, 2, 2] }, { gradientAt: (_, clock) => clock });
      star.share(4);
      push(star, 1, 1, 2, 2, 3, 3);
      star.drop(2);
      for (let clock = 1; clock < 4; clock++) push(star, ...order);
      return bytes(weightsOf(star.worker));
    };
    expect((await weightsAfter(1, 3, 1, 3)) === (await weightsAfter(1, 1, 3, 3))).to.equal(true);
  });
});
