// Disks that forget: where a board's snapshot is spoilt, its neighbour's replica is used; where both are, the cut before.

import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hubBus } from '../../support/bus.js';
import { type Fleet, startFleet } from '../../support/fleet.js';
import { expectSame, longRun, trainUntilAmid, undisturbedModel } from './disturbed.js';

describe('a run whose snapshots are spoilt', function () {
  this.timeout(60_000);
  let fleet: Fleet;
  let undisturbed: Buffer;
  const spec = longRun('sync');
  before(async () => {
    undisturbed = await undisturbedModel(spec);
  });
  beforeEach(async () => {
    fleet = await startFleet({ agents: 3, bus: hubBus() });
  });
  afterEach(() => fleet.close());

  /** Of a board that nobody reaches, so that none comes anew. */
  async function filesOf(agent: string, run: string): Promise<string[]> {
    const folder = join(fleet.snapshotsFolder, agent, run);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.safetensors'));
    return names.sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10)).map((name) => join(folder, name));
  }

  async function loseAndSpoil(spoil: (path: string) => Promise<void>, agents: readonly string[]): Promise<void> {
    const run = await trainUntilAmid(fleet, spec);
    for (const agent of agents) fleet.bus.hub?.sever(agent);
    await fleet.until(run, ({ state }) => state === 'recovering');
    for (const agent of agents) {
      const [newest] = await filesOf(agent, run);
      const step = Number.parseInt(newest?.split('/').at(-1) as string, 10);
      const ofNewest = (await filesOf(agent, run)).filter((path) => path.includes(`/${step}.`));
      await Promise.all(ofNewest.map(spoil));
    }
    for (const agent of agents) await fleet.bus.hub?.restore(agent);
    await expectSame(await fleet.ended(run), undisturbed);
  }

  it('takes the replica of a board whose own are cut short', async () => {
    await loseAndSpoil((path) => truncate(path, 100), ['pi-2']);
  });

  it('goes on from the cut before where two neighbours have a wrong bit each', async () => {
    const flip = async (path: string) => {
      const bytes = await readFile(path);
      bytes[bytes.length - 3]! ^= 4;
      await writeFile(path, bytes);
    };
    await loseAndSpoil(flip, ['pi-2', 'pi-3']);
  });
});
