// A node of the ring: it waits for its version and its window, fails without targets, and where it meets
// nonsense it says where and passes none of it on.

import { expect } from 'chai';
import { floatsOf } from '../../compute/tensor.js';
import { Activity } from '../../node/activity.js';
import { buildWorker, type StageSpec } from '../../node/build.js';
import type { Outgoing } from '../../node/node-messages.js';
import { RingNode } from '../../node/ring-node.js';
import { sync } from '../../node/schedules/sync.js';
import { ENGINES } from '../support/engines.js';
import { mulberry32 } from '../support/finite-differences.js';
import type { LocalRing } from '../support/local-ring.js';
import {
  CLASSES,
  evaluationBatch,
  LAYER_COUNT,
  openRing,
  SGD_MODEL,
  streamQuestion,
  streamStep,
  toldOf,
} from './deep-run.js';
import { batchOf } from './sample-runs.js';

describe('RingNode', () => {
  describe('waits', () => {
    it('with an evaluation for the version that it asks for', async () => {
      const { run, ring } = await openRing('plain', [0, 12]);
      streamQuestion(ring, 1);
      ring.run(mulberry32(1));
      expect(ring.told).to.deep.equal([]);
      const { ring: other } = await openRing('plain', [0, 12]);
      streamStep(other, run, 0);
      streamQuestion(other, 1);
      other.run(mulberry32(1));
      expect(toldOf(other, 'evaluated')).to.have.length(1);
      expect(toldOf(other, 'weights').map(({ position, step }) => [position, step])).to.have.deep.members([
        [0, 1],
        [1, 1],
      ]);
    });

    describe('at the window', () => {
      const spec = { ...SGD_MODEL, endLayer: 12, last: false, window: 2 };
      const forwards = batchOf(spec, CLASSES, 0).map(({ data }, micro) => {
        return { kind: 'activation', step: 0, micro, data } as const;
      });

      it('until a gradient comes back', async () => {
        const { node, kinds } = await nodeOf(spec);
        for (const forward of forwards) node.deliver(forward);
        while (node.runOnce());
        expect(kinds()).to.deep.equal(['activation', 'activation']);
        node.deliver({ kind: 'gradient', step: 0, micro: 0, data: new Float32Array(4 * 6) }); // layer 11 is 6 wide
        while (node.runOnce());
        expect(kinds()).to.deep.equal(['activation', 'activation', 'done', 'activation']);
      });

      it('but not with evaluations, which take no slot', async () => {
        const { node, kinds } = await nodeOf(spec);
        for (const forward of forwards.slice(0, 2)) node.deliver(forward);
        for (const micro of [0, 1]) node.deliver({ kind: 'eval', step: 0, micro, data: evaluationBatch.data });
        while (node.runOnce());
        expect(kinds()).to.deep.equal(['activation', 'activation', 'eval', 'eval']);
      });
    });
  });

  describe('fails', () => {
    it('when a micro-batch, or an evaluation, comes without targets', async () => {
      const { run, ring } = await openRing('plain', [0, 12]);
      ring.stream({ kind: 'activation', step: 0, micro: 0, data: batchOf(run, CLASSES, 0)[0]!.data });
      expect(() => ring.run(mulberry32(1))).to.throw(RangeError, 'no targets for step 0, micro-batch 0');
      const { ring: other } = await openRing('plain', [0, 12]);
      other.stream({ kind: 'eval', step: 0, micro: 0, data: evaluationBatch.data });
      expect(() => other.run(mulberry32(1))).to.throw(RangeError, 'no targets for step 0, micro-batch 0');
    });

    it('does not take the targets of training for those of an evaluation', async () => {
      const { ring } = await openRing('plain', [0]);
      const { data, targets } = evaluationBatch;
      ring.target({ kind: 'targets', step: 0, micro: 0, training: true, samples: 4, data: targets });
      ring.stream({ kind: 'eval', step: 0, micro: 0, data });
      expect(() => ring.run(mulberry32(1))).to.throw(RangeError, 'no targets');
    });
  });

  describe('meets numbers that are none, and', () => {
    /** Trains one good step, spoils something, and goes on. */
    async function trainSpoiled(spoil: (ring: LocalRing) => void, firstLayers = [0, 9, 18, LAYER_COUNT]) {
      const { run, ring } = await openRing('plain', firstLayers);
      streamStep(ring, run, 0);
      ring.run(mulberry32(1));
      spoil(ring);
      streamStep(ring, run, 1);
      streamStep(ring, run, 2);
      ring.run(mulberry32(1));
      return { ring, faults: toldOf(ring, 'fault') };
    }

    function expectStandstill(ring: LocalRing): void {
      expect(toldOf(ring, 'updated').every(({ step }) => step === 0)).to.equal(true);
      expect(toldOf(ring, 'updated')).to.have.length(4);
      for (const { store } of ring.workers) expect(store.version).to.equal(1);
    }

    for (const [position, index, layer] of [
      [0, 1, 'dense_1'],
      [1, 7, 'dense_16'],
      [2, 6, 'dense_24'],
    ] as const) {
      it(`names ${layer} of position ${position} when its weights are spoiled`, async () => {
        const { ring, faults } = await trainSpoiled(({ workers }) => {
          floatsOf(workers[position]!.store.weights(index)[0]!).fill(Number.NaN);
        });
        expect(faults).to.have.length(1);
        expect(faults[0]).to.include({ position, step: 1, micro: 0, layer });
        expect(faults[0]!.message).to.contain(`${layer} is not finite at step 1`);
        expectStandstill(ring);
      });
    }

    it('names step, micro-batch and input when the data are spoiled', async () => {
      const { run, ring } = await openRing('plain', [0, 9, 18, LAYER_COUNT]);
      streamStep(ring, run, 0);
      for (const [micro, { data, targets }] of batchOf(run, CLASSES, 1).entries()) {
        if (micro === 2) data[5] = Number.NaN;
        ring.target({ kind: 'targets', step: 1, micro, training: true, samples: targets.length, data: targets });
        ring.stream({ kind: 'activation', step: 1, micro, data });
      }
      ring.run(mulberry32(2));
      expect(toldOf(ring, 'fault')).to.have.length(1);
      expect(toldOf(ring, 'fault')[0]).to.include({ position: 0, step: 1, micro: 2, layer: 'input' });
      expect(toldOf(ring, 'loss').filter(({ step, micro }) => step === 1 && micro >= 2)).to.deep.equal([]);
      expectStandstill(ring);
    });

    it('names the layer in an evaluation and at the call for the weights, after the last update too', async () => {
      const messages = {
        eval: ({ data }: { data: Float32Array }) => ({ kind: 'eval', step: 1, micro: 0, data }) as const,
        collect: () => ({ kind: 'collect', step: 1 }) as const,
      };
      for (const message of [messages.eval, messages.collect]) {
        const { run, ring } = await openRing('plain', [0, 9, 18, LAYER_COUNT]);
        streamStep(ring, run, 0);
        ring.run(mulberry32(1));
        floatsOf(ring.workers[1]!.store.weights(7)[0]!).fill(Number.NaN);
        const toldBefore = ring.told.length;
        ring.stream(message(batchOf(run, CLASSES, 1)[0]!));
        ring.run(mulberry32(1));
        const told = ring.told.slice(toldBefore).filter(({ position }) => position > 0);
        expect(told.map(({ kind }) => kind)).to.deep.equal(['fault']);
        expect(told[0]).to.include({ position: 1, step: 1, layer: 'dense_16' });
      }
    });

    it('names the loss when the targets are spoiled', async () => {
      const { run, ring } = await openRing('plain', [0, 9, 18, LAYER_COUNT]);
      const [{ data, targets }] = batchOf(run, CLASSES, 0) as [ReturnType<typeof batchOf>[0]];
      targets[1] = CLASSES; // no such class
      ring.target({ kind: 'targets', step: 0, micro: 0, training: true, samples: 4, data: targets });
      ring.stream({ kind: 'activation', step: 0, micro: 0, data });
      ring.run(mulberry32(3));
      expect(ring.told.map(({ kind }) => kind)).to.deep.equal(['fault']);
      expect(ring.told[0]).to.include({ position: 3, step: 0, micro: 0, layer: 'loss' });
      expect((ring.told[0] as { message: string }).message).to.equal('the loss is NaN at step 0');
    });
  });
});

/** One node, and the kinds of what it has emitted. */
async function nodeOf(spec: StageSpec) {
  const kinds: Outgoing['kind'][] = [];
  const node = new RingNode({
    worker: await buildWorker(spec, ENGINES.plain),
    schedule: sync,
    activity: new Activity(),
    microBatches: spec.microBatches,
    window: spec.window,
    last: spec.last,
    emit: ({ kind }) => void kinds.push(kind),
  });
  return { node, kinds: () => kinds };
}
