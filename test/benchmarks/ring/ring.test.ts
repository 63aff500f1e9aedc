import { expect } from 'chai';
import { stageMsOf, syncAllowance } from '../../../benchmarks/ring/allowance.js';
import { emulatedPeriod } from '../../../benchmarks/ring/emulated-period.js';
import { samplesPerSecond, stepsOf } from '../../../benchmarks/ring/throughput.js';
import { isKnown } from '../../../benchmarks/ring/trained-run.js';
import { FULL, messageBytes, runOf, sizesOf } from '../../../benchmarks/ring/workload.js';

describe('the throughput of a run', () => {
  it('begins after the warm-up, whatever the order in which steps were told', () => {
    const steps = [3, 0, 1, 2].map((step) => ({ step, time: step === 0 ? 0 : 10_000 + 500 * step }));
    expect(samplesPerSecond(steps, 1, 32)).to.equal(64);
  });

  it('is unknown with fewer than two steps', () => {
    expect(samplesPerSecond([{ step: 5, time: 1 }], 1, 32)).to.equal(null);
  });

  it('is read from a run’s metrics.csv by the names of its columns', () => {
    const csv = 'step,epoch,loss,time\n0,0,2.3,1000\n1,0,2.2,1500\n';
    expect(stepsOf(csv)).to.deep.equal([
      { step: 0, time: 1000 },
      { step: 1, time: 1500 },
    ]);
  });
});

describe('what bubbles and links allow', () => {
  it('is m N / (m + N - 1) at free links', () => {
    expect(syncAllowance({ stageMs: 5, linkMs: 0, stages: 2, microBatches: 8 })).to.be.closeTo(16 / 9, 1e-9);
  });

  it('is less by each message on the way there and back', () => {
    // 8 * 2 * 10 / (9 * 10 + 4 * 5)
    expect(syncAllowance({ stageMs: 10, linkMs: 5, stages: 2, microBatches: 8 })).to.be.closeTo(160 / 110, 1e-9);
  });

  it('knows a stage from one process that does all of them', () => {
    expect(stageMsOf(1000, 160, 8, 2)).to.equal(10);
  });
});

describe('the workload of the ring', () => {
  it('costs both stages the same: three products a layer, but two of the first', () => {
    const sizes = sizesOf(FULL);
    const cost = (layer: number): number =>
      (layer === 0 ? 2 : 3) * (sizes[layer] as number) * (sizes[layer + 1] as number);
    const stage = (first: number): number => [0, 1, 2, 3].reduce((sum, layer) => sum + cost(first + layer), 0);
    expect(stage(0)).to.equal(stage(4));
    expect(messageBytes(FULL)).to.equal(256 * 1024);
  });

  it('is a run that this version knows; an unknown kind of link is not', () => {
    expect(isKnown(runOf(FULL, 'wasm', '/data', { schedule: 'sync' }))).to.equal(true);
    expect(isKnown(runOf(FULL, 'wasm', '/data', { schedule: 'sync', links: 'pigeons' }))).to.equal(false);
    expect(isKnown(runOf(FULL, 'wasm', '/data', { schedule: 'never' }))).to.equal(false);
  });
});

describe('a ring of waiting stages', function () {
  this.timeout(30_000);

  it('has a period of a stage at least', async () => {
    const period = await emulatedPeriod({ boards: 2, computeMs: 9, linkMs: 3, schedule: 'async', steps: 2 });
    expect(period?.value).to.be.within(8, 90);
  });

  it('is not measured under a schedule that does not exist', async () => {
    expect(await emulatedPeriod({ boards: 2, computeMs: 9, linkMs: 0, schedule: 'never', steps: 2 })).to.equal(null);
  });
});
