// A fleet of boards that are not there: a mixed one, in board time, with the accounts of all positions, and the same
// weights as without emulation.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { z } from 'zod';
import type { BoardProfile } from '../../hardware/board-profile.js';
import { BOARD_PROFILES } from '../../hardware/board-profiles.js';
import { agentInfoSchema } from '../../protocol/agent-messages.js';
import { parseMessage } from '../../protocol/messages.js';
import type { NodeFigures } from '../../protocol/node-figures.js';
import { boardFiguresSchema, type RunStatus } from '../../protocol/run-messages.js';
import { type Fleet, modelOf, startFleet } from '../support/fleet.js';
import { deepRun } from '../support/specs.js';
import { createMailbox } from '../transport/inbox.js';

const PI_4 = BOARD_PROFILES.get('pi-4')!;
const PROFILES = { master: 'pi-4', 'pi-1': 'pi-4', 'pi-2': 'pi-3', 'pi-3': 'pi-zero-2' };
const DILATION = 2;
const NOTHING = { bytes: 0, frames: 0 };
const run = deepRun({ microBatches: 4, epochs: 2 });

describe('a fleet of emulated boards', () => {
  const fleets: Fleet[] = [];
  afterEach(async () => {
    for (const fleet of fleets.splice(0)) await fleet.close();
  });

  async function open(isEmulated: boolean): Promise<Fleet> {
    const fleet = await startFleet({
      agents: 3,
      ...(isEmulated && { emulation: (member) => ({ profile: profileOf(member), dilation: DILATION }) }),
    });
    fleets.push(fleet);
    return fleet;
  }

  const figuresIn = async ({ folder }: RunStatus) => {
    return z.array(boardFiguresSchema).parse(JSON.parse(await readFile(join(folder, 'figures.json'), 'utf8')));
  };

  it('trains the same weights, and keeps the figures of every position', async () => {
    const status = await (await open(true)).runToEnd(run);
    expect(status.error).to.equal(null);
    const figures = await figuresIn(status);
    expect(figures).to.deep.equal(status.figures);
    expect(figures.map(({ position, agent }) => [position, agent])).to.deep.equal([
      [0, 'master'],
      [1, 'pi-1'],
      [2, 'pi-2'],
      [3, 'pi-3'],
    ]);
    for (const { agent, figures: node, peakRssBytes } of figures) {
      expect(peakRssBytes).to.be.above(1e7);
      expect(node?.emulated).to.include({ profile: profileOf(agent).name, dilation: DILATION });
      expect(node?.emulated?.drift).to.be.above(0);
      expect(node?.energy?.source).to.equal('modelled');
      expect(node?.staleness).to.include({ mean: 0, max: 0 });
      expect(node?.wallSeconds).to.be.at.least(node?.seconds.forward as number);
    }
    const same = await (await open(false)).runToEnd(run);
    expect((await modelOf(status)).equals(await modelOf(same))).to.equal(true);
  });

  /** Cut once, well before its end, so that no replica is under way when it ends. */
  async function trafficOf(spec: object) {
    const status = await (await open(true)).runToEnd({ ...run, ...spec, snapshots: { everySteps: 6 } });
    const figures = (await figuresIn(status)).flatMap(({ figures }) => figures ?? []);
    const topics = figures.flatMap((each) => each.topics ?? []);
    const totalOf = (name: string, direction: 'in' | 'out') => {
      const own = topics.filter((each) => each.topic === name && each.direction === direction);
      return own.reduce((sum, each) => ({ bytes: sum.bytes + each.bytes, frames: sum.frames + each.frames }), NOTHING);
    };
    return { figures, topics, totalOf };
  }

  for (const mode of ['ring', 'star']) {
    it(`counts the same at both ends of each topic of a ${mode}`, async () => {
      const { figures, topics, totalOf } = await trafficOf({ mode });
      const names = new Set(topics.map(({ topic }) => topic));
      expect(names).to.include('1/forward').and.to.include('0/backward');
      for (const name of names) {
        expect(totalOf(name, 'in'), name).to.deep.equal(totalOf(name, 'out'));
        expect(totalOf(name, 'in').frames, name).to.be.above(0);
      }
      const sumOf = (direction: 'bytesIn' | 'bytesOut') => figures.reduce((sum, each) => sum + each[direction], 0);
      expect(sumOf('bytesIn')).to.equal(sumOf('bytesOut'));
    });
  }

  it('passes on each topic what the plan says', async () => {
    const { topics, totalOf } = await trafficOf({});
    for (const name of ['1/forward', '2/forward', '3/forward', '0/forward', '0/backward', '1/backward', '2/backward']) {
      const [one, other] = topics.filter(({ topic }) => topic === name);
      expect([one?.direction, other?.direction], name).to.have.members(['in', 'out']);
    }
    expect(totalOf('0/weights', 'in').frames).to.equal(4); // each board's layers at the end, and a neighbour's snapshot
    expect(totalOf('2/weights', 'in').frames).to.equal(1);
  });

  it('says what its boards are, and counts with the profile', async () => {
    const fleet = await open(true);
    const infos = createMailbox<z.output<typeof agentInfoSchema>>();
    await fleet.operator.subscribe(fleet.topics.agentInfo('pi-1'), (_, payload) => {
      infos.put(parseMessage(agentInfoSchema, payload));
    });
    const [info] = await infos.take(1);
    expect(info).to.deep.include({
      board: 'Raspberry Pi 4 Model B (profile pi-4, emulated)',
      profile: PI_4,
      dilation: DILATION,
      gflops: PI_4.gflops,
      engines: { wasm: PI_4.gflops },
    });
  });

  it('reports times in the boards’ own time', async () => {
    const status = await (await open(true)).runToEnd(run);
    const csv = (await readFile(join(status.folder, 'metrics.csv'), 'utf8')).trim().split('\n');
    const columns = csv[0]!.split(',');
    const column = (name: string) => csv.slice(1).map((row) => Number(row.split(',')[columns.indexOf(name)]));
    const last = Object.fromEntries(columns.map((name, index) => [name, csv.at(-1)!.split(',')[index]]));
    expect(last.energySource).to.equal('modelled'); // the master's at least: it is a board, too
    expect(Number(last.energyPositions)).to.be.within(1, 4);
    expect(Number(last.joules)).to.be.above(0);
    const [elapsed, time] = [column('elapsedSeconds'), column('time')];
    const boardSeconds = DILATION * (elapsed.at(-1)! - elapsed[0]!);
    const realSeconds = (time.at(-1)! - time[0]!) / 1000;
    const lateSeconds = Math.max(...status.figures!.map(({ figures }) => lateSecondsOf(figures!)));
    expect(boardSeconds).to.be.above(0);
    expect(Math.abs(boardSeconds - realSeconds)).to.be.at.most(lateSeconds + 0.005); // no further apart than it ever fell behind
  });
});

function profileOf(member: string): BoardProfile {
  return BOARD_PROFILES.get(PROFILES[member as keyof typeof PROFILES])!;
}

/** By this computer's clock. */
function lateSecondsOf({ emulated, wallSeconds }: NodeFigures): number {
  return emulated!.drift * wallSeconds! * DILATION;
}
