// All that the views know of a run: the latest of each kind of news.

import type { AgentTelemetry } from '../../protocol/agent-messages.js';
import type { PlanEntry } from '../../protocol/assignment.js';
import type { NodeFigures } from '../../protocol/node-figures.js';
import type { RunMetrics, RunStatus } from '../../protocol/run-messages.js';
import type { RunUpdate } from '../run-update.js';

export interface RunModel {
  readonly run: string;
  readonly status: RunStatus | null;
  readonly metrics: RunMetrics | null;
  /** The last telemetry of each board while it worked for this run. */
  readonly boards: Readonly<Record<string, AgentTelemetry>>;
  readonly masterOnline: boolean;
  readonly connected: boolean;
  /** What the command that shows this waits for. */
  readonly notice: string | null;
}

export function emptyModel(run: string): RunModel {
  return { run, status: null, metrics: null, boards: {}, masterOnline: true, connected: true, notice: null };
}

export function updated(model: RunModel, update: RunUpdate): RunModel {
  switch (update.type) {
    case 'status':
      return { ...model, status: update.status };
    case 'metrics':
      return { ...model, metrics: update.metrics };
    case 'telemetry':
      if (update.telemetry.run !== model.run) return model;
      return { ...model, boards: { ...model.boards, [update.agent]: update.telemetry } };
    case 'master':
      return { ...model, masterOnline: update.status.state === 'online' };
    case 'notice':
      return { ...model, notice: update.text };
    case 'connection':
      return { ...model, connected: update.connected };
    default:
      return model;
  }
}

/**
 * What the node at a position accounts for: the master tells it with the run, a board with its telemetry,
 * and the master for all of them once the run has ended.
 */
export function figuresAt({ status, boards }: RunModel, { position, agent }: PlanEntry): NodeFigures | null {
  const last = status?.figures?.find((each) => each.position === position)?.figures;
  return last ?? (position === 0 ? status?.master : boards[agent]?.node) ?? null;
}
