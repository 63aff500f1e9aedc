// The joules of a run's boards while it is on, as each told them last with its telemetry: the master puts them beside
// its own in the run's metrics.

import { FrameError } from '../errors.js';
import type { PositionEnergy } from '../protocol/energy.js';
import { agentTelemetrySchema, type PlanEntry, parseMessage } from '../protocol/messages.js';
import { parseTopic, type Topics } from '../protocol/topics.js';
import type { Subscription, Transport } from '../transport/transport.js';

export interface BoardEnergies {
  /** Of those that have told. */
  list(): PositionEnergy[];
  close(): Promise<void>;
}

/** @param run by its name: what a board did for another one is not counted */
export async function openBoardEnergies(
  transport: Transport,
  topics: Topics,
  { name, plan }: { readonly name: string; readonly plan: readonly PlanEntry[] },
): Promise<BoardEnergies> {
  const boards = new Map(plan.flatMap(({ agent, position }) => (position > 0 ? [[agent, position] as const] : [])));
  const energies = new Map<number, PositionEnergy>();
  const add = (position: number, payload: Uint8Array) => {
    const { run, node } = parseMessage(agentTelemetrySchema, payload);
    if (run === name) energies.set(position, { position, energy: node?.energy });
  };
  const subscription: Subscription = await transport.subscribe(topics.agentTelemetry('+'), (topic, payload) => {
    const parsed = parseTopic(topic);
    const position = parsed?.kind === 'agent' ? boards.get(parsed.agent) : undefined;
    if (position === undefined) return;
    try {
      add(position, payload);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error; // a board that speaks nonsense has told nothing
    }
  });
  return { list: () => [...energies.values()], close: () => subscription.close() };
}
