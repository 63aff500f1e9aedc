// Boards that are not there, with links as slow as they compute: the windows grow from what the ring
// measures of itself, beyond the textbook's N - k, with which such a ring stalls, and the model stays the same.

import { expect } from 'chai';
import {
  type AgentInfo,
  type AgentTelemetry,
  agentInfoSchema,
  agentTelemetrySchema,
} from '../../protocol/agent-messages.js';
import { parseMessage } from '../../protocol/messages.js';
import { type Fleet, modelOf, startFleet } from '../support/fleet.js';
import { deepRun } from '../support/specs.js';

const BOARDS = 3;
const EMULATION = { forwardMs: 4, backwardMs: 4, linkMs: 8 };
const run = (schedule: string) => deepRun({ schedule, microBatches: 12, epochs: 2 });

describe('a ring with slow links', () => {
  const fleets: Fleet[] = [];
  afterEach(async () => {
    for (const fleet of fleets.splice(0)) await fleet.close();
  });

  async function open(emulation?: typeof EMULATION): Promise<Fleet> {
    const fleet = await startFleet({ agents: BOARDS, ...(emulation && { emulation }) });
    fleets.push(fleet);
    return fleet;
  }

  it('finds windows beyond N - k, measures its links, and computes what it computes without them', async () => {
    const fleet = await open(EMULATION);
    const last = new Map<string, NonNullable<AgentTelemetry['node']>>();
    await fleet.operator.subscribe(fleet.topics.agentTelemetry('+'), (_, payload) => {
      const { node, position } = parseMessage(agentTelemetrySchema, payload);
      if (node) last.set(String(position), node);
    });
    const status = await fleet.runToEnd(run('async'));
    expect(status.error).to.equal(null);
    for (const position of [1, 2, 3]) {
      const { window, linkMs, microBatchMs } = last.get(String(position))!;
      expect(window, `window at position ${position}`).to.be.greaterThan(BOARDS + 1 - (position - 1));
      expect(linkMs).to.be.at.least(EMULATION.linkMs - 1);
      expect(microBatchMs).to.be.at.least(8 - 1e-6); // a mean of times that are rounded
    }
    expect(status.master?.window).to.be.greaterThan(last.get('1')!.window);
    const undisturbed = await open();
    const same = await undisturbed.runToEnd(run('async'));
    expect((await modelOf(status)).equals(await modelOf(same))).to.equal(true);
  });

  it('says that its boards are emulated', async () => {
    const fleet = await open(EMULATION);
    const { board } = await new Promise<AgentInfo>((resolve) => {
      void fleet.operator.subscribe(fleet.topics.agentInfo('pi-1'), (_, payload) => {
        resolve(parseMessage(agentInfoSchema, payload));
      });
    });
    expect(board).to.contain('emulated');
  });
});
