// Whatever the split, the window and the order in which boards compute, a ring's losses, evaluations and
// weights are those of one board under the same schedule, to the byte.

import { expect } from 'chai';
import fc from 'fast-check';
import { scheduleOf } from '../../node/schedules/schedules.js';
import { ENGINE_NAMES } from '../support/engines.js';
import { mulberry32 } from '../support/finite-differences.js';
import {
  ASKED_STEPS,
  LAYER_COUNT,
  OPTIMIZERS,
  type Outcome,
  openRing,
  outcomeOf,
  STEPS,
  streamRun,
  toldOf,
  trainAlone,
  wholeModel,
} from './deep-run.js';

/** First layers of so many positions; the last may begin behind the last layer: it holds the loss only. */
const aSplit = (positions: number) =>
  fc
    .uniqueArray(fc.integer({ min: 1, max: LAYER_COUNT }), { minLength: positions - 1, maxLength: positions - 1 })
    .map((cuts) => [0, ...cuts.toSorted((a, b) => a - b)]);

const SCHEDULES = ['sync', 'async'] as const;

const aRing = fc.record({
  firstLayers: fc.constantFrom(1, 2, 3, 4, 8).chain(aSplit),
  window: fc.integer({ min: 1, max: 5 }),
  optimizer: fc.constantFrom('sgd', 'adam'),
  order: fc.nat(),
});

describe('A ring', () => {
  for (const [engine, schedule] of ENGINE_NAMES.flatMap((name) => SCHEDULES.map((each) => [name, each] as const))) {
    describe(`with the ${engine} engine and the schedule ${schedule}`, () => {
      const alone = new Map<string, Outcome>();

      before(async () => {
        for (const [name, optimizer] of Object.entries(OPTIMIZERS)) {
          alone.set(name, await trainAlone(wholeModel(optimizer, schedule), engine));
        }
      });

      /** Trains in a ring, and holds losses, evaluations and weights against those of one board. */
      async function expectAsAlone(firstLayers: readonly number[], window: number, optimizer: string, order: number) {
        const { run, ring } = await openRing(engine, firstLayers, window, optimizer, schedule);
        streamRun(ring, run);
        ring.run(mulberry32(order));
        const { losses, evaluated, weights } = outcomeOf(ring);
        const expected = alone.get(optimizer)!;
        expect(evaluated).to.deep.equal(expected.evaluated);
        for (const [index, file] of weights.entries()) {
          expect(Buffer.compare(file, expected.weights[index]!), `weights ${ASKED_STEPS[index]}`).to.equal(0);
        }
        expect(losses).to.deep.equal(expected.losses);
        return ring;
      }

      it('learns, so that there is something to agree on', () => {
        for (const { evaluated, weights } of alone.values()) {
          expect(evaluated[2]!.lossSum).not.to.equal(evaluated[1]!.lossSum);
          expect(Buffer.compare(weights[2]!, weights[1]!)).not.to.equal(0);
        }
      });

      for (const positions of [1, 2, 3, 4, 8]) {
        const firstLayers = Array.from({ length: positions }, (_, p) => Math.round((p * LAYER_COUNT) / positions));

        it(`has the weights of one board with ${positions} positions`, async () => {
          await expectAsAlone(firstLayers, Math.min(4, positions), 'sgd', positions);
        });

        if (positions === 1) continue;
        it(`has them with ${positions} positions, of which the last holds the loss only`, async () => {
          const boards = positions - 1;
          const split = Array.from({ length: positions }, (_, p) => Math.round((p * LAYER_COUNT) / boards));
          expect(split.at(-1)).to.equal(LAYER_COUNT);
          await expectAsAlone(split, Math.min(4, positions), 'adam', positions);
        });
      }

      it('has the weights of one board for any split, window and order of work', async () => {
        await fc.assert(
          fc.asyncProperty(aRing, async ({ firstLayers, window, optimizer, order }) => {
            await expectAsAlone(firstLayers, Math.min(window, scheduleOf(schedule).maxWindow(4)), optimizer, order);
          }),
          { seed: 1, numRuns: engine === 'plain' ? 10 : 30 },
        );
      });

      it('closes the ring: position 1 is done with each micro-batch in order, and everyone updates', async () => {
        const ring = await expectAsAlone([0, 7, 16], 3, 'sgd', 5);
        const done = toldOf(ring, 'done');
        expect(new Set(done.map(({ position }) => position))).to.deep.equal(new Set([0]));
        expect(done.map(({ step, micro }) => 4 * step + micro)).to.deep.equal(Array.from({ length: 40 }, (_, i) => i));
        for (const position of [0, 1, 2]) {
          const updated = toldOf(ring, 'updated').filter((message) => message.position === position);
          expect(updated.map(({ step }) => step)).to.deep.equal(Array.from({ length: STEPS }, (_, step) => step));
        }
      });
    });
  }
});
