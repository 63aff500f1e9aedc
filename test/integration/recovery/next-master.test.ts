// A master that is stopped, or dies, amid a run: the next one on the same folder goes on with it, to the same bytes.

import { readFileSync } from 'node:fs';
import { appendFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type Fleet, modelOf, startFleet } from '../../support/fleet.js';
import { smallRun } from '../../support/specs.js';
import { expectSame, longRun, STEPS, trainUntilAmid, undisturbedModel } from './disturbed.js';

/** What a master would have written that was killed soon afterwards. */
async function journal(folder: string, record: object): Promise<void> {
  await appendFile(
    join(folder, 'journal.ndjson'),
    `${JSON.stringify({ time: new Date().toISOString(), ...record })}\n`,
  );
}

describe('a run whose master is followed by another', function () {
  this.timeout(60_000);
  let fleet: Fleet;
  afterEach(() => fleet.close());

  const snapshotsOf = (agents: readonly string[]) => {
    return Promise.all(agents.map((agent) => readdir(join(fleet.snapshotsFolder, agent)).catch(() => [])));
  };

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

  for (const consistency of ['bsp', 'ssp', 'asp'] as const) {
    it(`goes on with its server’s snapshot: star, ${consistency}`, async () => {
      const fleets = [await startFleet({ agents: 2, resumeRuns: true }), await startFleet({ agents: 2 })] as const;
      fleet = fleets[0];
      try {
        const changes = { mode: 'star', star: { consistency }, snapshots: { everySteps: 10 } };
        const spec = smallRun({ epochs: 1000, steps: STEPS }, changes);
        const run = await trainUntilAmid(fleet, spec);
        await fleet.closeMaster();
        await fleet.startNextMaster();
        const status = await fleet.ended(run);
        expect(status).to.include({ state: 'finished', error: null, step: STEPS });
        expect(status.generation).to.be.above(0);
        const undisturbed = await fleets[1].runToEnd(spec);
        if (consistency === 'bsp') await expectSame(status, await modelOf(undisturbed));
        // The others depend on who comes first: they learn as much.
        expect(status.evaluation?.value).to.be.at.least((undisturbed.evaluation?.value ?? 1) - 0.1);
      } finally {
        await fleets[1].close();
      }
    });
  }

  it('stays paused, as its operator wants it, and goes on when it is told to', async () => {
    fleet = await startFleet({ agents: 2, resumeRuns: true });
    const spec = longRun('sync');
    const undisturbed = await undisturbedModel(spec);
    const run = await trainUntilAmid(fleet, spec);
    await fleet.ask('pause', { run });
    await fleet.startNextMaster();
    await fleet.until(run, ({ state, generation }) => state === 'paused' && generation > 0);
    await fleet.ask('resume', { run });
    await expectSame(await fleet.ended(run), undisturbed);
  });

  it('is stopped though the master that was told to is gone', async () => {
    fleet = await startFleet({ agents: 2, resumeRuns: true });
    const run = await trainUntilAmid(fleet, longRun('sync'));
    await fleet.ask('pause', { run });
    await fleet.closeMaster();
    const { folder } = await fleet.until(run, ({ note }) => note === 'the master is away');
    await journal(folder, { type: 'asked', what: 'stop' });
    await fleet.startNextMaster();
    const status = await fleet.ended(run);
    expect(status).to.include({ state: 'stopped', error: null });
    expect(status.step).to.be.below(STEPS);
  });

  it('ends as it was about to: boards that may have let go already are asked for nothing', async () => {
    fleet = await startFleet({ agents: 2, resumeRuns: true });
    const run = await trainUntilAmid(fleet, longRun('sync'));
    await fleet.closeMaster();
    const { folder, generation } = await fleet.until(run, ({ note }) => note === 'the master is away');
    expect(await snapshotsOf(['pi-1', 'pi-2'])).not.to.deep.equal([[], []]);
    await journal(folder, { type: 'ending', state: 'failed', error: { code: 'run', message: 'as it was' } });
    await fleet.startNextMaster();
    const status = await fleet.ended(run);
    expect(status).to.deep.include({ state: 'failed', generation, error: { code: 'run', message: 'as it was' } });
    expect(await snapshotsOf(['pi-1', 'pi-2'])).to.deep.equal([[], []]);
    expect(await fleet.runToEnd(longRun('sync', { boards: 1 }))).to.include({ state: 'finished' });
  });

  it('announces its end before boards delete what it would go on from', async () => {
    fleet = await startFleet({ agents: 1, resumeRuns: true });
    const run = await trainUntilAmid(fleet, longRun('sync'));
    const { folder } = await fleet.until(run, ({ step }) => step > 0);
    let journalThen = '';
    await fleet.operator.subscribe(
      fleet.topics.agentRequest('pi-1', 'release'),
      () => {
        journalThen = readFileSync(join(folder, 'journal.ndjson'), 'utf8');
      },
      1,
    );
    await fleet.ask('stop', { run });
    await fleet.ended(run);
    expect(journalThen).to.match(/"type":"ending","state":"stopped"\}\n$/);
  });

  it('takes up nothing of runs that have ended', async () => {
    fleet = await startFleet({ agents: 2, resumeRuns: true });
    await fleet.runToEnd(longRun('sync'));
    await fleet.startNextMaster();
    expect(await fleet.ask('runs')).to.deep.equal({ runs: [] });
  });
});
