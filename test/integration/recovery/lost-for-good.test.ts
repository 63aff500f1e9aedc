// Boards that are lost and never come back: the others share out the layers anew and go on from the last cut, one of
// them with its neighbour's replica, to the bytes of a run that was never disturbed.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { hubBus } from '../../support/bus.js';
import { type Fleet, type FleetOptions, loopbackInbox, startFleet } from '../../support/fleet.js';
import { openInbox } from '../../transport/inbox.js';
import { agentsOf, expectSame, longRun, trainUntilAmid, undisturbedModel } from './disturbed.js';

const CASES: readonly { schedule: 'sync' | 'async'; masterStage: boolean; links: 'hub' | 'direct' }[] = [
  { schedule: 'sync', masterStage: false, links: 'hub' },
  { schedule: 'sync', masterStage: true, links: 'direct' },
  { schedule: 'async', masterStage: false, links: 'direct' },
  { schedule: 'async', masterStage: true, links: 'hub' },
];

describe('a run that loses boards for good', function () {
  this.timeout(60_000);
  let fleet: Fleet;
  const bus = () => fleet.bus.hub!;
  const open = async (options: Partial<FleetOptions> = {}) => {
    fleet = await startFleet({ agents: 4, bus: hubBus(), boardGraceMs: 50, ...options });
  };
  afterEach(() => fleet.close());

  for (const { schedule, masterStage, links } of CASES) {
    it(`ends with the same bytes: ${schedule}, ${links} links${masterStage ? ', layers at the master' : ''}`, async () => {
      await open({ inboxOf: loopbackInbox });
      const spec = longRun(schedule, { masterStage, links });
      const undisturbed = await undisturbedModel(spec);
      const run = await trainUntilAmid(fleet, spec);
      bus().sever('pi-3');
      await fleet.until(run, ({ state, generation }) => state === 'running' && generation > 0);
      bus().sever('pi-1'); // the neighbour of the master
      const status = await fleet.ended(run);
      await expectSame(status, undisturbed);
      expect(agentsOf(status)).to.deep.equal(['pi-2', 'pi-4']);
      // What the lost ones did is the run's, too, and told last.
      const told = status.figures?.map(({ agent }) => agent) ?? [];
      expect(told.slice(0, 3)).to.deep.equal(['master', 'pi-2', 'pi-4']);
      expect(told.slice(3)).to.have.members(['pi-1', 'pi-3']);
    });
  }

  it('leaves no snapshots on boards that are there at its end, those among them that it had lost', async () => {
    await open();
    const run = await trainUntilAmid(fleet, longRun('sync', { boards: 3 }));
    bus().sever('pi-2');
    const { generation } = await fleet.until(run, (status) => status.state === 'running' && status.generation > 0);
    expect(generation).to.equal(1);
    await bus().restore('pi-2');
    const { folder } = await fleet.ended(run);
    expect(await readdir(folder)).not.to.include('snapshots');
    const left = ['pi-1', 'pi-2', 'pi-3', 'pi-4'].map((agent) =>
      readdir(join(fleet.snapshotsFolder, agent)).catch(() => []),
    );
    expect(await Promise.all(left)).to.deep.equal([[], [], [], []]);
  });

  it('waits for one of two neighbours that are lost at once, says for what, and goes on when it is back', async () => {
    await open();
    const spec = longRun('sync');
    const undisturbed = await undisturbedModel(spec);
    const run = await trainUntilAmid(fleet, spec);
    bus().sever('pi-2');
    bus().sever('pi-3');
    const waiting = await fleet.until(
      run,
      ({ state, note }) => state === 'recovering' && /has the snapshot/.test(note ?? ''),
    );
    expect(waiting.note).to.match(/^no board that is there has the snapshot of layers \d+ to \d+ at step \d+$/);
    await expectOneNumber(4);
    await bus().restore('pi-3');
    const status = await fleet.ended(run);
    await expectSame(status, undisturbed);
    expect(agentsOf(status)).to.deep.equal(['pi-1', 'pi-3', 'pi-4']);
  });

  /** While the same boards are there, all that they are asked is of one generation. */
  async function expectOneNumber(attempts: number): Promise<void> {
    const asked = await openInbox(fleet.operator, fleet.topics.agentRequest('pi-1', 'prepare'));
    const preparations = (await asked.take(attempts)).map(({ payload }) => JSON.parse(`${payload}`));
    const [first, ...others] = preparations.map(({ generation, position }) => ({ generation, position }));
    for (const each of others) expect(each).to.deep.equal(first);
  }

  it('waits where nobody is left, and goes on when somebody is', async () => {
    await open({ agents: 1 });
    const spec = longRun('async');
    const undisturbed = await undisturbedModel(spec);
    const run = await trainUntilAmid(fleet, spec);
    bus().sever('pi-1');
    await fleet.until(run, ({ state, note }) => state === 'recovering' && note === 'no board is online');
    await bus().restore('pi-1');
    await expectSame(await fleet.ended(run), undisturbed);
  });

  it('can be stopped while it waits', async () => {
    await open({ agents: 1 });
    const run = await trainUntilAmid(fleet, longRun('sync'));
    bus().sever('pi-1');
    await fleet.until(run, ({ state, note }) => state === 'recovering' && note === 'no board is online');
    await fleet.ask('stop', { run });
    const status = await fleet.ended(run);
    expect(status.state).to.equal('failed');
    expect(status.error?.message).to.contain('no board is online');
  });
});
