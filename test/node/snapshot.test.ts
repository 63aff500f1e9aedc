// A ring that is cut at any step and goes on from its snapshots, perhaps split in another way, ends with the bytes of
// one that was never disturbed: under both schedules, with momentum and with Adam's two moments.

import { expect } from 'chai';
import fc from 'fast-check';
import { plainEngine } from '../../compute/engines/plain.js';
import { buildWorker } from '../../node/build.js';
import { restoreSnapshot, snapshotOf } from '../../node/snapshot.js';
import { decodeSafetensors } from '../../protocol/safetensors.js';
import { mulberry32 } from '../support/finite-differences.js';
import { joinWeights } from '../support/local-ring.js';
import { LAYER_COUNT, OPTIMIZERS, openRing, STEPS, streamStep, toldOf, wholeModel } from './deep-run.js';
import { partOf, SMALL } from './sample-runs.js';

const aSplit = fc
  .uniqueArray(fc.integer({ min: 1, max: LAYER_COUNT }), { minLength: 0, maxLength: 3 })
  .map((cuts) => [0, ...cuts.toSorted((a, b) => a - b)]);

const aDisturbance = fc.record({
  before: aSplit,
  after: aSplit,
  cut: fc.integer({ min: 1, max: STEPS - 1 }),
  /** Steps whose work is under way, and lost, when the ring breaks. */
  lost: fc.integer({ min: 0, max: 1 }),
  schedule: fc.constantFrom('sync' as const, 'async' as const),
  optimizer: fc.constantFrom('sgd', 'adam'),
  order: fc.nat(),
});

type Disturbance = typeof aDisturbance extends fc.Arbitrary<infer Value> ? Value : never;

async function undisturbed({ before, schedule, optimizer, order }: Disturbance): Promise<Uint8Array> {
  const { run, ring } = await openRing('plain', before, 4, optimizer, schedule);
  for (let step = 0; step < STEPS; step++) streamStep(ring, run, step);
  ring.stream({ kind: 'collect', step: STEPS });
  ring.run(mulberry32(order));
  return weightsOf(ring);
}

async function disturbed(disturbance: Disturbance): Promise<Uint8Array> {
  const { before, after, cut, lost, schedule, optimizer, order } = disturbance;
  const { run, ring: broken } = await openRing('plain', before, 4, optimizer, schedule);
  for (let step = 0; step < cut; step++) streamStep(broken, run, step);
  broken.stream({ kind: 'cut', step: cut });
  for (let step = cut; step < Math.min(STEPS, cut + lost); step++) streamStep(broken, run, step);
  broken.run(mulberry32(order));
  const snapshots = toldOf(broken, 'snapshot');
  expect(snapshots.map(({ step }) => step)).to.deep.equal(before.map(() => cut));

  const { ring } = await openRing('plain', after, 4, optimizer, schedule);
  for (const { store } of ring.workers) {
    restoreSnapshot(
      store,
      cut,
      snapshots.map(({ file }) => file),
    );
  }
  for (let step = cut; step < STEPS; step++) streamStep(ring, run, step);
  ring.stream({ kind: 'collect', step: STEPS });
  ring.run(mulberry32(order + 1));
  return weightsOf(ring);
}

function weightsOf(ring: Parameters<typeof toldOf>[0]): Uint8Array {
  const files = toldOf(ring, 'weights').toSorted((a, b) => a.position - b.position);
  return joinWeights(files.map(({ file }) => file));
}

describe('a snapshot', () => {
  it('taken up again, by whatever stages, leads to the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(aDisturbance, async (disturbance) => {
        const [expected, actual] = [await undisturbed(disturbance), await disturbed(disturbance)];
        expect(Buffer.compare(actual, expected)).to.equal(0);
      }),
      { numRuns: 30 },
    );
  });

  it('holds the weights under their names, and the version before where two are held', async () => {
    const namesOf = async (schedule: 'sync' | 'async', version: number) => {
      const { store } = await buildWorker(wholeModel(OPTIMIZERS.adam!, schedule), plainEngine);
      if (version > 0) store.restore(version, ({ tensor }) => new Float32Array(tensor.size));
      const { metadata, tensors } = decodeSafetensors(snapshotOf(store));
      expect(metadata.version).to.equal(`${version}`);
      return tensors.map(({ name }) => name).filter((name) => name.startsWith('dense_1/bias'));
    };
    const slots = ['dense_1/bias@slot0', 'dense_1/bias@slot1'];
    expect(await namesOf('sync', 3)).to.deep.equal(['dense_1/bias', ...slots]);
    expect(await namesOf('async', 3)).to.deep.equal(['dense_1/bias', 'dense_1/bias@previous', ...slots]);
    expect(await namesOf('async', 0)).to.deep.equal(['dense_1/bias', ...slots]);
  });

  const storeOf = async (first = 0, end = 7) => (await buildWorker(partOf(SMALL, first, end), plainEngine)).store;

  it('that lacks a tensor of the stage is refused by its name', async () => {
    const part = snapshotOf(await storeOf(0, 3));
    const whole = await storeOf();
    expect(() => restoreSnapshot(whole, 0, [part])).to.throw('no snapshot holds dense_4/kernel');
  });

  it('of another version or another model is refused', async () => {
    const store = await storeOf();
    expect(() => restoreSnapshot(store, 2, [snapshotOf(store)])).to.throw('holds version 0, 2 is asked for');
    const [wide] = [{ ...SMALL, inputShape: [2, 4] }];
    const other = snapshotOf((await buildWorker(wide!, plainEngine)).store);
    expect(() => restoreSnapshot(store, 0, [other])).to.throw('dense_1/kernel is F32 [8,7] in the snapshot');
  });
});
