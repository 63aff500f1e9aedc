// What remains to be said once a run has ended: how good, how fast, and what each board did.

import type { EvaluationResult, NodeFigures, PlanEntry, RunState, RunStatus } from '../../protocol/messages.js';
import type { Wire } from '../../protocol/wire-dtypes.js';
import { figuresAt, type RunModel } from './run-model.js';

export interface BoardSummary {
  readonly position: number;
  readonly agent: string;
  readonly layers: readonly string[];
  readonly firstLayer: number;
  readonly endLayer: number;
  /** `null` for a board that has told nothing of itself while it worked for the run. */
  readonly node: NodeFigures | null;
  /** Of the board's process; the master does not tell its own. */
  readonly rssBytes: number | null;
}

export interface RunSummary {
  readonly run: string;
  readonly state: RunState;
  readonly steps: number;
  readonly epochs: number;
  readonly elapsedSeconds: number;
  readonly samplesPerSecond: number;
  readonly loss: number | null;
  readonly evaluation: EvaluationResult | null;
  readonly boards: readonly BoardSummary[];
  /** As what tensors crossed the wire; `null` for a run in one process. */
  readonly wire: Wire | null;
  /** Of all positions that told of it. */
  readonly bytesSent: number;
  /** With which all positions computed; `null` where an older master did not tell. */
  readonly engine: string | null;
  readonly folder: string;
  /** The trained weights, on the master's machine; a failed run has none. */
  readonly modelFile: string | null;
  readonly error: RunStatus['error'];
}

const MODEL_FILE = 'model.safetensors';

export function summaryOf(model: RunModel): RunSummary | null {
  const { run, status } = model;
  if (status === null) return null;
  const boards = status.plan.map((entry) => boardSummary(entry, model));
  const { state, step, epoch, elapsedSeconds, samplesPerSecond, loss, evaluation, folder, error } = status;
  return {
    run,
    state,
    steps: step,
    epochs: epoch,
    elapsedSeconds,
    samplesPerSecond,
    loss,
    evaluation,
    boards,
    wire: status.wire ?? null,
    bytesSent: boards.reduce((sum, { node }) => sum + (node?.bytesOut ?? 0), 0),
    engine: status.engine ?? null,
    folder,
    modelFile: state === 'finished' || state === 'stopped' ? `${folder}/${MODEL_FILE}` : null,
    error,
  };
}

function boardSummary(entry: PlanEntry, model: RunModel): BoardSummary {
  const { position, agent, layers, firstLayer, endLayer } = entry;
  const rssBytes = model.boards[agent]?.rssBytes ?? null;
  return { position, agent, layers, firstLayer, endLayer, node: figuresAt(model, entry), rssBytes };
}
