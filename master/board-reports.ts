// What a run's boards told last with their telemetry while it is on: the master puts their joules beside its own in the run's
// metrics, and adds up what they counted where a run has several generations.

import { FrameError } from '../errors.js';
import { agentTelemetrySchema } from '../protocol/agent-messages.js';
import type { PlanEntry } from '../protocol/assignment.js';
import type { PositionEnergy } from '../protocol/energy.js';
import { parseMessage } from '../protocol/messages.js';
import type { NodeFigures } from '../protocol/node-figures.js';
import { parseTopic, type Topics } from '../protocol/topics.js';
import type { Subscription, Transport } from '../transport/transport.js';

export interface BoardReports {
  /** Of those that have told. */
  energies(): PositionEnergy[];
  /** The same, by agent. */
  figures(): ReadonlyMap<string, NodeFigures>;
  close(): Promise<void>;
}

/** @param run by its name: what a board did for another one is not counted */
export async function openBoardReports(
  transport: Transport,
  topics: Topics,
  { name, plan }: { readonly name: string; readonly plan: readonly PlanEntry[] },
): Promise<BoardReports> {
  const boards = new Map(plan.flatMap(({ agent, position }) => (position > 0 ? [[agent, position] as const] : [])));
  const figures = new Map<string, NodeFigures>();
  const add = (agent: string, payload: Uint8Array) => {
    const { run, node } = parseMessage(agentTelemetrySchema, payload);
    if (run === name && node) figures.set(agent, node);
  };
  const subscription: Subscription = await transport.subscribe(topics.agentTelemetry('+'), (topic, payload) => {
    const parsed = parseTopic(topic);
    if (parsed?.kind !== 'agent') return;
    if (!boards.has(parsed.agent)) return;
    try {
      add(parsed.agent, payload);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error; // a board that speaks nonsense has told nothing
    }
  });
  return {
    energies: () => {
      return [...figures].map(([agent, { energy }]) => ({ position: boards.get(agent) as number, energy }));
    },
    figures: () => figures,
    close: () => subscription.close(),
  };
}
