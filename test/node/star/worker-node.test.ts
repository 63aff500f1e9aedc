// A worker of a star: it waits until it has all parameters and its data, keeps back what its filter withholds, and says
// once what it could not compute.

import { expect } from 'chai';
import fc from 'fast-check';
import { floatsOf } from '../../../compute/tensor.js';
import type { Incoming } from '../../../node/node-messages.js';
import { piecesOf } from '../../../node/pieces.js';
import { EXACT_WIRE } from '../../../protocol/wire-dtypes.js';
import { mulberry32 } from '../../support/finite-differences.js';
import { openLocalStar } from '../../support/local-star.js';
import { samplesFrom, vectorsOf, weightsOf } from '../../support/star-samples.js';
import { type StarRun, TINY, WIDE } from '../../support/star-stages.js';
import { gradientsIn, openWorker, pushedVector, SHARE } from '../../support/star-worker.js';

describe('a worker of a star', () => {
  it('computes once it has all pieces, data and targets, in whatever order they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const { node, told, parameters, activation, labels, settle } = await openWorker();
        const random = mulberry32(seed);
        // Pieces keep their order, as all of one kind do.
        const queues = [[...parameters], [activation], [labels]];
        while (queues.some(({ length }) => length > 0)) {
          expect(told).to.deep.equal([]);
          const queue = queues[Math.floor(random() * queues.length)] as Incoming[];
          const message = queue.shift();
          if (message) node.deliver(message);
          settle();
        }
        expect(gradientsIn(told).map(({ step, micro }) => [step, micro])).to.deep.equal([
          [0, 0],
          [0, 1],
        ]);
      }),
      { numRuns: 20, seed: 1 },
    );
  });

  it('begins no second clock with the parameters of the first, though it has the data', async () => {
    const { node, told, clock, activation, labels, settle } = await openWorker();
    clock();
    node.deliver(activation);
    node.deliver(labels);
    settle();
    expect(gradientsIn(told)).to.have.length(2);
  });

  it('pushes the sums over its share, and with the last piece their loss', async () => {
    const { told, clock, worker } = await openWorker();
    clock();
    const { gradients } = vectorsOf(worker);
    expect(pushedVector(gradientsIn(told), gradients.size)).to.deep.equal(floatsOf(gradients));
    const losses = gradientsIn(told).map(({ loss }) => loss);
    expect(losses[0]).to.equal(undefined);
    expect(losses[1]).to.be.within(0.1 * SHARE, 10 * SHARE);
  });

  it('keeps what its filter withholds, and sends it later: nothing is lost', async () => {
    const run: StarRun = { stage: WIDE, shares: [4], star: { filter: { type: 'topK', share: 0.05 } } };
    const open = (wire = EXACT_WIRE) => openLocalStar({ ...run, wire });
    const star = await open();
    const sums: Float64Array[] = [];
    const sent = new Float64Array(weightsOf(star.server.worker).length);
    const own = star.workers[0] as (typeof star.workers)[number];
    const gradient = new Float64Array(sent.length);
    for (let clock = 0; clock < 4; clock++) {
      star.give(1, clock, 0, samplesFrom(4 * clock, 4, 300));
      star.run(mulberry32(clock));
      const { gradients } = vectorsOf(own.worker);
      for (const [at, value] of floatsOf(gradients).entries()) gradient[at]! += value;
      sums.push(gradient.slice());
    }
    for (const { micro, data, index } of star.pushes) {
      expect(index?.length).to.equal(data.length);
      const { start, end } = piecesOf(sent.length)[micro] as { start: number; end: number };
      expect(data.length).to.equal(Math.ceil(0.05 * (end - start)));
      for (const [entry, value] of data.entries()) sent[start + (index?.[entry] as number)]! += value;
    }
    // What was sent of an entry is all of it up to the last time that it was.
    let whole = 0;
    for (const [at, value] of sent.entries()) {
      if (value === 0) continue;
      const fits = sums.some((sum) => Math.abs((sum[at] as number) - value) <= 1e-5);
      expect(fits, `entry ${at}`).to.equal(true);
      whole++;
    }
    expect(whole).to.be.above(0.05 * sent.length);
  });

  it('learns on with a filter that sends nothing at first: the push still comes, with no entries', async () => {
    const filter = { type: 'significance', threshold: 1e6 } as const;
    const run: StarRun = { stage: TINY, shares: [2, 2], star: { filter } };
    const star = await openLocalStar(run);
    const before = weightsOf(star.server.worker);
    for (let clock = 0; clock < 3; clock++) {
      for (const worker of [1, 2]) star.give(worker, clock, 0, samplesFrom(4 * clock, 2, 3));
    }
    star.run(mulberry32(1));
    expect(star.pushes.map(({ data }) => data.length)).to.deep.equal([0, 0, 0, 0, 0, 0]);
    expect(star.told.filter(({ kind }) => kind === 'pushed')).to.have.length(6);
    expect(weightsOf(star.server.worker)).to.deep.equal(before);
  });

  it('tells once that its data are not numbers, naming the layer, and pushes nothing more', async () => {
    const { node, told, parameters, labels, clock, settle } = await openWorker();
    for (const message of [...parameters, labels]) node.deliver(message);
    const data = new Float32Array(SHARE * 300);
    data[5] = NaN;
    node.deliver({ kind: 'activation', step: 0, micro: 0, data });
    settle();
    clock();
    expect(told.map(({ kind }) => kind)).to.deep.equal(['fault']);
    expect((told[0] as { message: string }).message).to.match(/^the output of input is not finite at step 0/);
  });

  it('tells parameters that are not numbers, naming them', async () => {
    const { node, told, parameters, activation, labels, settle } = await openWorker();
    const [first] = parameters as [Extract<Incoming, { kind: 'parameters' }>];
    first.data[7] = NaN;
    for (const message of [...parameters, activation, labels]) node.deliver(message);
    settle();
    expect(told.map(({ kind }) => kind)).to.deep.equal(['fault']);
    expect((told[0] as { message: string }).message).to.contain('dense_0/kernel holds such values too');
  });

  it('tells a loss that is infinite though the outputs are not', async () => {
    const { node, told, parameters, activation, labels, settle, weights } = await openWorker({ stage: TINY });
    const huge = weights.map((_, at) => (at === 16 ? 3e38 : at === 17 ? -3e38 : 0)); // the bias
    node.deliver({ ...(parameters[0] as Extract<Incoming, { kind: 'parameters' }>), data: huge });
    node.deliver(activation);
    node.deliver({ ...(labels as Extract<Incoming, { kind: 'targets' }>), data: new Float32Array(SHARE).fill(1) });
    settle();
    expect(told).to.have.length(1);
    expect(told[0]).to.include({ kind: 'fault', layer: 'loss', message: 'the loss is Infinity at step 0' });
  });

  it('tells once a value that the wire cannot hold', async () => {
    const wire = { activations: 'f32', gradients: 'f16', parameters: 'f32' } as const;
    const { node, told, parameters, labels, settle } = await openWorker({ stage: TINY, wire });
    for (const message of [...parameters, labels]) node.deliver(message);
    node.deliver({ kind: 'activation', step: 0, micro: 0, data: new Float32Array(SHARE * 3).fill(1e6) });
    settle();
    expect(told).to.have.length(1);
    expect(told[0]).to.include({ kind: 'fault', layer: 'wire' });
    expect((told[0] as { message: string }).message).to.match(/^a value of -?1000000 is to be sent as f16/);
    expect(node.runOnce()).to.equal(false);
  });
});
