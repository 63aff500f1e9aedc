// What a run's boards told last with their telemetry while it is on: joules, which the master puts beside its own in the
// run's metrics, and what a micro-batch takes them.

import { FrameError } from '../errors.js';
import type { PositionEnergy } from '../protocol/energy.js';
import { agentTelemetrySchema, type PlanEntry, parseMessage } from '../protocol/messages.js';
import { parseTopic, type Topics } from '../protocol/topics.js';
import type { Subscription, Transport } from '../transport/transport.js';

export interface BoardReports {
  /** Of those that have told. */
  energies(): PositionEnergy[];
  /** What a micro-batch takes, by agent. */
  microBatchMs(): ReadonlyMap<string, number>;
  close(): Promise<void>;
}

/** @param run by its name: what a board did for another one is not counted */
export async function openBoardReports(
  transport: Transport,
  topics: Topics,
  { name, plan }: { readonly name: string; readonly plan: readonly PlanEntry[] },
): Promise<BoardReports> {
  const boards = new Map(plan.flatMap(({ agent, position }) => (position > 0 ? [[agent, position] as const] : [])));
  const energies = new Map<number, PositionEnergy>();
  const microBatchMs = new Map<string, number>();
  const add = (agent: string, position: number, payload: Uint8Array) => {
    const { run, node } = parseMessage(agentTelemetrySchema, payload);
    if (run !== name) return;
    energies.set(position, { position, energy: node?.energy });
    if (node?.microBatchMs) microBatchMs.set(agent, node.microBatchMs);
  };
  const subscription: Subscription = await transport.subscribe(topics.agentTelemetry('+'), (topic, payload) => {
    const parsed = parseTopic(topic);
    if (parsed?.kind !== 'agent') return;
    const position = boards.get(parsed.agent);
    if (position === undefined) return;
    try {
      add(parsed.agent, position, payload);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error; // a board that speaks nonsense has told nothing
    }
  });
  return {
    energies: () => [...energies.values()],
    microBatchMs: () => microBatchMs,
    close: () => subscription.close(),
  };
}
