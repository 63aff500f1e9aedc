// What remains to be said once a run has ended: how good, how fast, and what each board did.

import type { PlanEntry } from '../../protocol/assignment.js';
import { type FleetEnergy, fleetEnergy } from '../../protocol/energy.js';
import type { NodeFigures } from '../../protocol/node-figures.js';
import type { EvaluationResult, RunState, RunStatus } from '../../protocol/run-messages.js';
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
  /** Of the board's process; the master tells its own at the run's end. */
  readonly rssBytes: number | null;
  readonly peakRssBytes: number | null;
}

type Told = Pick<BoardSummary, 'position' | 'node'>;

/** Boards that were not there: what they were held to, and by what share all of them together were late. */
export interface EmulationSummary {
  readonly profiles: readonly string[];
  readonly dilation: number;
  readonly drift: number;
}

export interface EnergySummary extends FleetEnergy {
  /** Null where the master does not tell how many samples a step has. */
  readonly joulesPerSample: number | null;
  readonly joulesPerEpoch: number | null;
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
  readonly emulation: EmulationSummary | null;
  /** `null` where no position knows anything of its own. */
  readonly energy: EnergySummary | null;
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
  const all = [...boards, ...formerBoards(status)];
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
    bytesSent: all.reduce((sum, { node }) => sum + (node?.bytesOut ?? 0), 0),
    engine: status.engine ?? null,
    emulation: emulationSummary(boards),
    energy: energySummary(all, status),
    folder,
    modelFile: state === 'finished' || state === 'stopped' ? `${folder}/${MODEL_FILE}` : null,
    error,
  };
}

/** What they did is the run's, too. */
function formerBoards({ figures = [], plan }: RunStatus): Told[] {
  const former = figures.filter(({ agent, position }) => position > 0 && !plan.some((each) => each.agent === agent));
  return former.map(({ position, figures: node }) => ({ position, node }));
}

function boardSummary(entry: PlanEntry, model: RunModel): BoardSummary {
  const { position, agent, layers, firstLayer, endLayer } = entry;
  const told = model.status?.figures?.find((each) => each.position === position) ?? model.boards[agent];
  const { rssBytes = null, peakRssBytes = null } = told ?? {};
  return { position, agent, layers, firstLayer, endLayer, node: figuresAt(model, entry), rssBytes, peakRssBytes };
}

function emulationSummary(boards: readonly BoardSummary[]): EmulationSummary | null {
  const emulated = boards.flatMap(({ node }) => node?.emulated ?? []);
  const [first] = emulated;
  if (first === undefined) return null;
  const drift = Math.max(...emulated.map((each) => each.drift));
  return { profiles: emulated.map(({ profile }) => profile), dilation: first.dilation, drift };
}

function energySummary(boards: readonly Told[], status: RunStatus): EnergySummary | null {
  const energy = fleetEnergy(boards.map(({ position, node }) => ({ position, energy: node?.energy })));
  return energy && { ...energy, ...joulesPer(energy.joules, status) };
}

function joulesPer(joules: number, { step, batch, stepsPerEpoch }: RunStatus) {
  const known = step > 0 && batch !== undefined && stepsPerEpoch !== undefined;
  if (!known) return { joulesPerSample: null, joulesPerEpoch: null };
  return { joulesPerSample: joules / (step * batch), joulesPerEpoch: (joules / step) * stepsPerEpoch };
}
