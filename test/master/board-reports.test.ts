// What the boards of a run tell of their joules while it is on.

import { expect } from 'chai';
import { type BoardReports, openBoardReports } from '../../master/board-reports.js';
import type { PlanEntry } from '../../protocol/assignment.js';
import type { Energy } from '../../protocol/energy.js';
import type { NodeFigures } from '../../protocol/node-figures.js';
import { topicsOf } from '../../protocol/topics.js';
import { createHub } from '../../transport/in-process.js';
import type { Transport } from '../../transport/transport.js';
import { createMailbox } from '../transport/inbox.js';

const topics = topicsOf('lab');
const plan = ['master', 'pi-1', 'pi-2'].map((agent, position): PlanEntry => {
  return { position, agent, firstLayer: 0, endLayer: 1, layers: [], memoryBytes: 0, microBatchMs: 0 };
});
const energy = (idle: number): Energy => {
  return { source: 'measured', joules: { idle, forward: 0, backward: 0, update: 0, serialise: 0 } };
};

function node(of: Energy | null): NodeFigures {
  const counters = { bytesIn: 0, bytesOut: 0, unsent: 0, dropped: {} };
  const seconds = { forward: 0, backward: 0, update: 0, serialise: 0 };
  const pace = { window: 1, microBatchMs: null, linkMs: null };
  return { phase: 'idle', idleShare: 1, seconds, ...pace, ...counters, energy: of };
}

describe('the joules that boards tell', () => {
  let board: Transport;
  let master: Transport;
  let reports: BoardReports;
  let arrived: ReturnType<typeof createMailbox<string>>;
  beforeEach(async () => {
    const hub = createHub();
    board = await hub.connect({ clientId: 'board' });
    master = await hub.connect({ clientId: 'master' });
    reports = await openBoardReports(master, topics, { name: 'one', plan });
    arrived = createMailbox<string>();
    await master.subscribe(topics.agentTelemetry('+'), (topic) => arrived.put(topic));
  });
  afterEach(async () => {
    await reports.close();
    await Promise.all([board.close(), master.close()]);
  });

  const publish = async (agent: string, payload: string) => {
    await board.publish(topics.agentTelemetry(agent), payload, { qos: 1 });
    await arrived.take(1);
  };
  const tell = (agent: string, run: string | null, of: Energy | null) => {
    const own = { time: 1, rssBytes: 1, cpuShare: 0, temperatureC: null, position: 1, run, node: node(of) };
    return publish(agent, JSON.stringify(own));
  };

  it('are those that each told last, by its position', async () => {
    await tell('pi-2', 'one', energy(1));
    await tell('pi-1', 'one', energy(5));
    await tell('pi-2', 'one', energy(2));
    expect(reports.energies()).to.have.deep.members([
      { position: 1, energy: energy(5) },
      { position: 2, energy: energy(2) },
    ]);
    await tell('pi-2', 'one', null); // its sensor failed: what is not known is not kept
    expect(reports.energies()).to.deep.include({ position: 2, energy: null });
  });

  it('are not those of other runs and other boards, nor of nonsense', async () => {
    await tell('pi-1', 'another', energy(1));
    await tell('pi-1', null, energy(1));
    await tell('pi-9', 'one', energy(1));
    await tell('master', 'one', energy(1));
    await publish('pi-1', '{"run": 7');
    expect(reports.energies()).to.deep.equal([]);
  });
});
