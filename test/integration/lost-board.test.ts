// A board is lost amid a run of the ring. The run goes on from its last cut, and ends with the bytes of one that was
// never disturbed: with the board, where it is back in time, else without it.

import { expect } from 'chai';
import { hubBus } from '../support/bus.js';
import { modelOf, startFleet } from '../support/fleet.js';
import { deepRun } from '../support/specs.js';
import { undisturbedModel } from './recovery/disturbed.js';

const STEPS = 300;

const longRun = (schedule: 'sync' | 'async') => {
  return deepRun({ epochs: 1000, steps: STEPS, schedule }, { snapshots: { everySteps: 10 } });
};

for (const schedule of ['sync', 'async'] as const) {
  describe(`a run (${schedule}) that loses a board`, function () {
    this.timeout(60_000);

    it('ends as if nothing had been', async () => {
      const bus = hubBus();
      const fleet = await startFleet({ agents: 3, bus });
      try {
        const undisturbed = await undisturbedModel(longRun(schedule));
        const run = await fleet.train(longRun(schedule));
        await fleet.until(run, ({ step }) => step > 60);
        bus.hub?.sever('pi-2');
        await fleet.until(run, ({ state }) => state === 'recovering');
        await bus.hub?.restore('pi-2');
        const status = await fleet.ended(run);
        expect(status).to.include({ state: 'finished', error: null, step: STEPS });
        expect(status.generation).to.be.above(0);
        expect(Buffer.compare(await modelOf(status), undisturbed)).to.equal(0);
      } finally {
        await fleet.close();
      }
    });
  });
}

describe('a run whose board comes and goes while nothing is completed', function () {
  this.timeout(120_000);

  it('waits for it, however often that is', async () => {
    const bus = hubBus();
    const fleet = await startFleet({ agents: 1, bus });
    try {
      const run = await fleet.train(longRun('sync'));
      await fleet.until(run, ({ step }) => step > 20);
      await fleet.ask('pause', { run });
      await fleet.until(run, ({ state }) => state === 'paused');
      for (let lost = 1; lost <= 6; lost++) {
        bus.hub?.sever('pi-1');
        await bus.hub?.restore('pi-1');
        await fleet.until(
          run,
          ({ state, generation }) => state === 'failed' || (state === 'paused' && generation === lost),
        );
      }
      await fleet.ask('resume', { run });
      expect(await fleet.ended(run)).to.include({ state: 'finished', error: null, step: STEPS });
    } finally {
      await fleet.close();
    }
  });
});

describe('a run whose board is about to leave', function () {
  this.timeout(60_000);

  it('gives its place away at the next cut', async () => {
    const fleet = await startFleet({ agents: 2, handOverMs: 30_000 });
    try {
      const undisturbed = await undisturbedModel(longRun('sync'));
      const leaver = await fleet.addAgent('pi-3');
      const run = await fleet.train(longRun('sync'));
      await fleet.until(run, ({ step, plan }) => step > 40 && plan.length === 4);
      await leaver.close();
      const { plan, step } = await fleet.until(run, ({ generation }) => generation > 0);
      expect(plan.map(({ agent }) => agent)).to.deep.equal(['master', 'pi-1', 'pi-2']);
      expect(step).to.be.below(STEPS);
      const status = await fleet.ended(run);
      expect(status).to.include({ state: 'finished', error: null, generation: 1 });
      expect(Buffer.compare(await modelOf(status), undisturbed)).to.equal(0);
    } finally {
      await fleet.close();
    }
  });
});
