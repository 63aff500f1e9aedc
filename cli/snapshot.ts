// A look at a fleet: what is retained on its broker, and the first telemetry of each board that is online.

import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../errors.js';
import {
  type AgentInfo,
  type AgentTelemetry,
  agentInfoSchema,
  agentTelemetrySchema,
} from '../protocol/agent-messages.js';
import { byAgent } from '../protocol/agent-order.js';
import { type PresenceStatus, parseMessage, presenceSchema } from '../protocol/messages.js';
import { FINAL_STATES, type RunStatus, runStatusSchema } from '../protocol/run-messages.js';
import { parseTopic } from '../protocol/topics.js';
import { type FleetClient, tolerant } from './fleet-client.js';

export interface BoardSnapshot {
  readonly status?: PresenceStatus;
  readonly info?: AgentInfo;
  readonly telemetry?: AgentTelemetry;
}

export interface FleetSnapshot {
  readonly fleet: string;
  readonly master: 'online' | 'offline' | 'unknown';
  readonly boards: Readonly<Record<string, BoardSnapshot>>;
  readonly runs: readonly RunStatus[];
}

/** Retained messages come at once; the broker does not say which is the last. */
const RETAINED_MS = 300;
/** Boards tell of themselves once a second. */
const TELEMETRY_MS = 1_300;
const POLL_MS = 50;

export async function takeSnapshot(client: FleetClient): Promise<FleetSnapshot> {
  const collection = new Collection();
  const subscriptions = await collection.listen(client);
  await sleep(RETAINED_MS);
  for (let waited = RETAINED_MS; waited < TELEMETRY_MS && !collection.isComplete(); waited += POLL_MS) {
    await sleep(POLL_MS);
  }
  await Promise.all(subscriptions.map((subscription) => subscription.close()));
  return collection.snapshot(client.topics.fleet);
}

/**
 * The name of the run that is going on. What is retained of a run may have outlived its master: of a master
 * that is offline, or has started since, no run goes on.
 * @throws CommandError when no run is going on
 */
export async function runningRun(client: FleetClient): Promise<string> {
  const latest = new Map<string, RunStatus>();
  const note = tolerant((_topic, payload) => {
    const status = parseMessage(runStatusSchema, payload);
    latest.set(status.run, status);
  });
  let masterSince = 0;
  const noteMaster = tolerant((_topic, payload) => {
    const { state, boot } = parseMessage(presenceSchema, payload);
    masterSince = state === 'online' ? boot : Number.POSITIVE_INFINITY;
  });
  const subscriptions = await Promise.all([
    client.transport.subscribe(client.topics.masterStatus(), noteMaster, 1),
    client.transport.subscribe(client.topics.runStatus('+'), note, 1),
  ]);
  await sleep(RETAINED_MS);
  await Promise.all(subscriptions.map((subscription) => subscription.close()));
  return newestOf(
    [...latest.values()].filter(({ state, startedAt }) => {
      return !FINAL_STATES.includes(state) && startedAt >= masterSince;
    }),
    masterSince,
  );
}

function newestOf(going: readonly RunStatus[], masterSince: number): string {
  const newest = [...going].sort((a, b) => a.startedAt - b.startedAt).at(-1);
  if (newest) return newest.run;
  if (masterSince === Number.POSITIVE_INFINITY) {
    throw new CommandError('no run is going on: the master is offline', {
      remedy: 'Start it with `ringtmp master`, or name a run that has ended.',
    });
  }
  throw new CommandError('no run is going on', {
    remedy: 'Start one with `ringtmp train`, or name one that `ringtmp runs` lists.',
  });
}

class Collection {
  readonly #boards = new Map<string, BoardSnapshot>();
  readonly #runs = new Map<string, RunStatus>();
  #master: FleetSnapshot['master'] = 'unknown';

  listen({ transport, topics }: FleetClient) {
    const listen = (filter: string, read: (payload: Uint8Array, agent: string) => void) => {
      return transport.subscribe(
        filter,
        tolerant((topic, payload) => read(payload, agentOf(topic))),
        1,
      );
    };
    return Promise.all([
      listen(topics.agentStatus('+'), (payload, agent) => {
        this.#add(agent, { status: parseMessage(presenceSchema, payload) });
      }),
      listen(topics.agentInfo('+'), (payload, agent) => {
        this.#add(agent, { info: parseMessage(agentInfoSchema, payload) });
      }),
      listen(topics.agentTelemetry('+'), (payload, agent) => {
        this.#add(agent, { telemetry: parseMessage(agentTelemetrySchema, payload) });
      }),
      listen(topics.masterStatus(), (payload) => {
        this.#master = parseMessage(presenceSchema, payload).state;
      }),
      listen(topics.runStatus('+'), (payload) => {
        const status = parseMessage(runStatusSchema, payload);
        this.#runs.set(status.run, status);
      }),
    ]);
  }

  isComplete(): boolean {
    return [...this.#boards.values()].every(({ status, telemetry }) => status?.state !== 'online' || telemetry);
  }

  snapshot(fleet: string): FleetSnapshot {
    const boards = Object.fromEntries([...this.#boards].sort(([a], [b]) => byAgent(a, b)));
    return { fleet, master: this.#master, boards, runs: [...this.#runs.values()] };
  }

  #add(agent: string, news: BoardSnapshot): void {
    this.#boards.set(agent, { ...this.#boards.get(agent), ...news });
  }
}

function agentOf(topic: string): string {
  const parsed = parseTopic(topic);
  return parsed?.kind === 'agent' ? parsed.agent : '';
}
