// The broker is killed amid a run and started again: everyone comes back to it, and the run ends with the same bytes.

import { expect } from 'chai';
import { brokerBus, startFleet } from '../../support/fleet.js';
import { agentsOf, expectSame, longRun, trainUntilAmid, undisturbedModel } from './disturbed.js';

describe('a run whose broker is started again', function () {
  this.timeout(60_000);

  it('ends with the same bytes', async () => {
    const spec = longRun('sync');
    const undisturbed = await undisturbedModel(spec);
    const bus = await brokerBus();
    const fleet = await startFleet({ agents: 3, bus });
    try {
      const run = await trainUntilAmid(fleet, spec);
      await bus.restart();
      const status = await fleet.ended(run);
      await expectSame(status, undisturbed);
      expect(agentsOf(status)).to.have.length.above(0);
    } finally {
      await fleet.close();
    }
  });
});
