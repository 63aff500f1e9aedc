// A run that its operator has cut, though its own rule would not for long.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Fleet, startFleet } from '../../support/fleet.js';
import { rejectionOf } from '../../transport/inbox.js';
import { longRun } from './disturbed.js';

describe('a checkpoint', function () {
  this.timeout(60_000);
  let fleet: Fleet;
  beforeEach(async () => {
    fleet = await startFleet({ agents: 2 });
  });
  afterEach(() => fleet.close());

  const cutsIn = async (folder: string) => {
    const lines = (await readFile(join(folder, 'journal.ndjson'), 'utf8')).trim().split('\n');
    return lines.map((line) => JSON.parse(line)).filter(({ type }) => type === 'cut');
  };

  it('cuts the run once, at the next boundary between two steps', async () => {
    const run = await fleet.train(longRun('sync', { snapshots: { everySteps: 1_000_000 } }));
    const { step, folder } = await fleet.until(run, (status) => status.step > 0);
    await fleet.ask('checkpoint', { run });
    expect((await fleet.ended(run)).state).to.equal('finished');
    const cuts = await cutsIn(folder);
    expect(cuts).to.have.length(1);
    expect(cuts[0].step).to.be.at.least(step);
    expect((await rejectionOf(fleet.ask('checkpoint', { run }))).message).to.match(/^run .* has ended already$/);
  });
});
