// A board that comes while a run is on is used from the next cut, and changes nothing of what comes out.

import { expect } from 'chai';
import { type Fleet, startFleet } from '../../support/fleet.js';
import { agentsOf, expectSame, longRun, trainUntilAmid, undisturbedModel } from './disturbed.js';

describe('a board that joins a run', function () {
  this.timeout(60_000);
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet({ agents: 2 });
  });
  afterEach(() => fleet.close());

  it('has layers from the next cut', async () => {
    const spec = longRun('sync');
    const undisturbed = await undisturbedModel(spec);
    const run = await trainUntilAmid(fleet, spec);
    await fleet.addAgent('pi-3');
    const status = await fleet.ended(run);
    await expectSame(status, undisturbed);
    expect(status.generation).to.equal(1);
    expect(agentsOf(status)).to.deep.equal(['pi-1', 'pi-2', 'pi-3']);
  });

  it('is left out where it is too small to help', async () => {
    const run = await trainUntilAmid(fleet, longRun('sync'));
    await fleet.addAgent('pi-3', 'wasm', 1000);
    const status = await fleet.ended(run);
    expect(status).to.include({ state: 'finished', error: null, generation: 0 });
  });

  it('is left out where the run has as many as it asks for', async () => {
    const run = await trainUntilAmid(fleet, longRun('sync', { boards: 2 }));
    await fleet.addAgent('pi-0');
    expect(await fleet.ended(run)).to.include({ state: 'finished', error: null, generation: 0 });
  });
});
