// The broker is killed amid a run and started again: everyone comes back to it, and the run ends with the same bytes.

import { brokerBus } from '../../support/bus.js';
import { startFleet } from '../../support/fleet.js';
import { expectSame, longRun, trainUntilAmid, undisturbedModel } from './disturbed.js';

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
      await expectSame(await fleet.ended(run), undisturbed);
    } finally {
      await fleet.close();
    }
  });
});
