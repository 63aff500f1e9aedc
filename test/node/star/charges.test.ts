// What an emulated board is charged for the exchange is what the simulator counts with: every pass through memory that
// worker and server make, with each filter and with local steps.

import { expect } from 'chai';
import type { Cost } from '../../../compute/cost.js';
import type { FilterSpec } from '../../../protocol/run-spec.js';
import { type StarCosts, starCosts } from '../../../simulation/star-costs.js';
import { IDEAL, starOf } from '../../simulation/scenarios.js';
import { mulberry32 } from '../../support/finite-differences.js';
import { openLocalStar } from '../../support/local-star.js';
import { smallRun, specOf } from '../../support/specs.js';
import { samplesFrom } from '../../support/star-samples.js';
import { type NodeInTest, type StarRun, WIDE } from '../../support/star-stages.js';

const SHARE = 4;
const FILTERS: readonly FilterSpec[] = [
  { type: 'none' },
  { type: 'topK', share: 0.1 },
  { type: 'significance', threshold: 1e-30 }, // lets all but zeros through; the simulator takes it as if it were all
];

/** Bytes that a node is charged from now on, apart from forward and backward. */
function chargesOf({ activity }: NodeInTest): { bytes: number; update: number } {
  const charged = { bytes: 0, update: 0 };
  const during = activity.during.bind(activity);
  activity.during = <Result>(phase: Parameters<typeof during>[0], work: () => Result, cost?: Cost): Result => {
    if (phase === 'serialise') charged.bytes += cost?.bytes ?? NaN;
    if (phase === 'update') charged.update += cost?.bytes ?? NaN;
    return during(phase, work);
  };
  return charged;
}

async function chargesOfOneClock(star: NonNullable<StarRun['star']>) {
  const local = await openLocalStar({ stage: WIDE, shares: [SHARE], star });
  const [server, worker] = [chargesOf(local.server), chargesOf(local.workers[0] as NodeInTest)];
  const { localSteps = 1 } = star;
  for (let micro = 0; micro < localSteps; micro++) local.give(1, 0, micro, samplesFrom(micro * SHARE, SHARE, 300));
  local.run(mulberry32(1));
  return { server: server.bytes + server.update, worker: worker.bytes };
}

/** At 10^9 bytes a second a millisecond is a million of them. */
function costsOf(star: object): StarCosts {
  const { layers, optimizer } = WIDE;
  const training = { batch: SHARE, microBatches: 1 };
  const spec = specOf(smallRun(training, { mode: 'star', model: { layers }, optimizer, star }));
  const machine = { ...IDEAL, memoryGBps: 1 };
  return starCosts(starOf(spec, [machine, machine], { inputShape: [300] }));
}

describe('the charges of a star', () => {
  for (const filter of FILTERS) {
    for (const localSteps of [1, 3]) {
      it(`are those of the simulator, with filter ${filter.type} and ${localSteps} local steps`, async () => {
        const star = { filter, localSteps, consistency: 'asp' } as const;
        const { workers, server, bundles } = costsOf(star);
        const own = workers[0] as (typeof workers)[number];
        const sum = (msOf: (bundle: (typeof bundles)[number]) => number) =>
          1e6 * bundles.reduce((total, bundle) => total + msOf(bundle), 0);
        const charged = await chargesOfOneClock(star);
        const ofWorker = sum((each) => own.unpackMs(each.elements) + own.packMs(each)) + 1e6 * own.keepMs;
        const slack = filter.type === 'significance' ? 0.01 : 1e-9;
        expect(charged.worker).to.be.closeTo(ofWorker, slack * ofWorker);
        const ofServer = (each: (typeof bundles)[number]) =>
          server.packMs(each.elements) + server.gatherMs(each, false) + server.updateMs(each.elements);
        expect(charged.server).to.be.closeTo(sum(ofServer), slack * sum(ofServer));
      });
    }
  }

  it('are more with a filter than without, for what it reads, and for local steps', () => {
    const packMs = (star: object) => {
      const { workers, bundles } = costsOf(star);
      return (workers[0] as (typeof workers)[number]).packMs(bundles[0] as (typeof bundles)[number]);
    };
    const plain = packMs({});
    expect(packMs({ filter: FILTERS[1] })).to.be.above(3 * plain);
    expect(packMs({ filter: FILTERS[2] })).to.be.above(3 * plain);
    expect(packMs({ localSteps: 2 })).to.be.closeTo(2.5 * plain, 1e-6);
  });
});
