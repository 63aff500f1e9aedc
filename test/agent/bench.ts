// One agent on a hub, and somebody who talks to it: closed after each test.

import type { Agent, AgentOptions } from '../../agent/agent.js';
import type { Assignment } from '../../protocol/assignment.js';
import { type AgentVerb, topicsOf } from '../../protocol/topics.js';
import type { Hub } from '../../transport/in-process.js';
import { request } from '../../transport/request-client.js';
import type { Transport } from '../../transport/transport.js';
import { FLEET, hubBus } from '../support/bus.js';
import { startTestAgent } from '../support/fleet.js';
import { smallRun, specOf } from '../support/specs.js';

export const topics = topicsOf(FLEET);
export const ID = 'pi-1';
const TIMEOUT_MS = 60_000;

export interface AgentBench {
  readonly hub: Hub;
  /** Whoever talks to the agent. */
  readonly client: Transport;
  readonly agent: Agent;
  ask(verb: AgentVerb, body?: object): Promise<unknown>;
}

/** Call within a `describe`: registers the closing. */
export function agentBench(): (options?: Partial<AgentOptions>) => Promise<AgentBench> {
  const opened: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });
  return async (options = {}) => {
    const bus = hubBus();
    const client = await bus.connect('client');
    opened.push(() => client.close());
    const agent = await startTestAgent(bus, ID, options);
    opened.push(() => agent.close());
    const ask = (verb: AgentVerb, body: object = {}) =>
      request(client, {
        requestTopic: topics.agentRequest(ID, verb),
        responseTopic: topics.agentResponse(ID, verb),
        body,
        timeoutMs: TIMEOUT_MS,
        whom: `board ${ID}`,
      });
    return { hub: bus.hub as Hub, client, agent, ask };
  };
}

/** The first two layers of the small run, in a ring of two boards. */
export function assignment(changes: Partial<Assignment> = {}): Assignment {
  return {
    run: 'run-1',
    generation: 0,
    position: 1,
    workers: 2,
    firstLayer: 0,
    endLayer: 2,
    window: 3,
    inputShape: [4],
    links: null,
    spec: specOf(smallRun()),
    ...changes,
  };
}
