// A master that is stopped, or dies, amid a run: the next one on the same folder goes on with it, to the same bytes.

import { expect } from 'chai';
import { type Fleet, startFleet } from '../../support/fleet.js';
import { expectSame, longRun, trainUntilAmid, undisturbedModel } from './disturbed.js';

describe('a run whose master is followed by another', function () {
  this.timeout(60_000);
  let fleet: Fleet;
  afterEach(() => fleet.close());

  for (const masterStage of [false, true]) {
    it(`goes on from its journal${masterStage ? ', layers at the master' : ''}`, async () => {
      fleet = await startFleet({ agents: 3, resumeRuns: true });
      const spec = longRun(masterStage ? 'async' : 'sync', { masterStage });
      const undisturbed = await undisturbedModel(spec);
      const run = await trainUntilAmid(fleet, spec);
      await fleet.closeMaster();
      await fleet.until(run, ({ state, note }) => state === 'recovering' && note === 'the master is away');
      await fleet.startNextMaster();
      const status = await fleet.ended(run);
      await expectSame(status, undisturbed);
      expect(status.elapsedSeconds).to.be.above(0);
      expect(await fleet.runToEnd(longRun('sync', { boards: 1 }))).to.include({ state: 'finished' });
    });
  }

  it('takes up nothing of runs that have ended', async () => {
    fleet = await startFleet({ agents: 2, resumeRuns: true });
    await fleet.runToEnd(longRun('sync'));
    await fleet.startNextMaster();
    expect(await fleet.ask('runs')).to.deep.equal({ runs: [] });
  });
});
