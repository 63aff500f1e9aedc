// A run on a fleet of boards that are not there, and what is simulated of the very same run.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boardOf } from '../../cli/forecast/boards.js';
import type { BoardProfile } from '../../hardware/board-profile.js';
import { forecastMode } from '../../master/forecast.js';
import type { RunMetrics } from '../../protocol/run-messages.js';
import { type Mode, type RunSpec, runSpecSchema } from '../../protocol/run-spec.js';
import { MASTER_ID } from '../../protocol/topics.js';
import { trainWith } from '../ring/trained-run.js';
import { startWaitingFleet } from '../ring/waiting-fleet.js';
import { writeSet } from '../ring/workload.js';

export interface EmulatedRun {
  readonly mode: Mode;
  readonly boards: number;
  readonly profile: BoardProfile;
  /** By what all times of the fleet are multiplied, since this computer is slower than so many boards. */
  readonly dilation: number;
  /** Beyond those in which pipe and windows settle. */
  readonly steps: number;
}

export interface EmulatedSteps {
  /** Each in the boards' own time. */
  readonly stepsMs: readonly number[];
  /** Of the position that had most. */
  readonly drift: number;
}

const WARM_UP_STEPS = 4;
const INPUTS = 784;
const UNITS = 256;
/** One for each of the largest fleet's boards. */
export const LAYERS = 12;
const CLASSES = 10;
const BATCH = 128;
const MICRO_BATCHES = 8;

export function specOf({ mode, boards, steps }: EmulatedRun, folder: string): RunSpec {
  const files = (name: string) => ({ images: join(folder, `${name}.idx`), labels: join(folder, `${name}-labels.idx`) });
  const hidden = Array.from({ length: LAYERS - 1 }, () => ({ type: 'dense', units: UNITS, activation: 'relu' }));
  return runSpecSchema.parse({
    name: `simulator-${mode}`,
    data: { source: 'idx', train: files('train'), test: files('test') },
    model: { layers: [...hidden, { type: 'dense', units: CLASSES }] },
    loss: 'softmaxCrossEntropy',
    optimizer: { type: 'sgd', learningRate: 0.001, momentum: 0.9 },
    training: { steps: WARM_UP_STEPS + steps, epochs: 1, batch: BATCH, microBatches: MICRO_BATCHES },
    links: 'direct',
    mode,
    boards,
  });
}

/** Milliseconds of a step in simulated time. */
export function simulatedStepMs(run: EmulatedRun): number {
  const { mode, boards, profile } = run;
  const forecast = forecastMode(mode, {
    spec: specOf(run, ''),
    inputShape: [INPUTS],
    boards: Array.from({ length: boards }, (_, index) => boardOf(`board-${index + 1}`, profile)),
    master: boardOf(MASTER_ID, profile),
    hub: 'none',
  });
  if (!forecast.fits) throw new RangeError(forecast.reason);
  return forecast.result.stepMs;
}

export async function emulatedSteps(run: EmulatedRun): Promise<EmulatedSteps> {
  const { boards, profile, dilation, steps } = run;
  const folder = await mkdtemp(join(tmpdir(), 'ringtmp-bench-'));
  try {
    await writeSet(folder, 'train', BATCH * (WARM_UP_STEPS + steps), INPUTS);
    await writeSet(folder, 'test', BATCH / MICRO_BATCHES, INPUTS);
    const fleet = await startWaitingFleet(boards, { profile, dilation }, folder);
    try {
      const { metrics, figures } = await trainWith(fleet.client, specOf(run, folder));
      const drifts = figures.map(({ figures: own }) => own?.emulated?.drift ?? 0);
      return { stepsMs: stepsOf(metrics), drift: Math.max(0, ...drifts) };
    } finally {
      await fleet.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** In the boards' time. */
function stepsOf(metrics: readonly RunMetrics[]): number[] {
  const counted = metrics.filter(({ step }) => step >= WARM_UP_STEPS - 1);
  const endsMs = counted.map(({ elapsedSeconds = 0 }) => 1000 * elapsedSeconds);
  return endsMs.slice(1).map((endMs, index) => endMs - (endsMs[index] as number));
}
