// The period of a ring whose stages only wait: what the schedule, the window and the messages lose, with
// nothing of the machine's speed in it. At best it is max(c, T), the slower of a link and a stage.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ratio, spreadOf } from '../statistics.js';
import { isKnown, trainWith } from './trained-run.js';
import { startWaitingFleet } from './waiting-fleet.js';
import { writeSet } from './workload.js';

export interface WaitingRing {
  readonly boards: number;
  /** T: forward and backward of one micro-batch at one board. */
  readonly computeMs: number;
  /** c: one message over one link, which carries one at a time. */
  readonly linkMs: number;
  readonly schedule: string;
  /** Beyond those in which the pipe fills and the window finds its size. */
  readonly steps: number;
}

const WARM_UP_STEPS = 4;
/** Enough in flight for the way there and back at c = T: 3 N, and the schedule's cap is above them. */
const MICRO_BATCHES_PER_BOARD = 4;
const SAMPLES = 2;
const UNITS = 10;

/** Milliseconds a micro-batch, with the spread over steps; `null` where this version does not know the schedule. */
export async function emulatedPeriod(ring: WaitingRing): Promise<Ratio | null> {
  const { boards, computeMs, linkMs } = ring;
  const folder = await mkdtemp(join(tmpdir(), 'ringtmp-bench-'));
  const run = runOf(ring, folder);
  try {
    if (!isKnown(run)) return null;
    await writeSet(folder, 'train', SAMPLES * microBatchesOf(boards) * (WARM_UP_STEPS + ring.steps), UNITS);
    await writeSet(folder, 'test', SAMPLES, UNITS);
    const emulation = { forwardMs: computeMs / 3, backwardMs: (2 * computeMs) / 3, linkMs };
    return await periodOf(run, ring, folder, emulation);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Emulation = Parameters<typeof startWaitingFleet>[1];

async function periodOf(run: object, ring: WaitingRing, folder: string, emulation: Emulation): Promise<Ratio | null> {
  const fleet = await startWaitingFleet(ring.boards, emulation, folder);
  try {
    const { metrics } = await trainWith(fleet.client, run);
    const counted = metrics.filter(({ step }) => step >= WARM_UP_STEPS - 1);
    const endsMs = counted.map(({ elapsedSeconds = 0 }) => 1000 * elapsedSeconds);
    const eachMs = endsMs.slice(1).map((endMs, index) => endMs - (endsMs[index] as number));
    return spreadOf(eachMs.map((stepMs) => stepMs / microBatchesOf(ring.boards)));
  } finally {
    await fleet.close();
  }
}

export function microBatchesOf(boards: number): number {
  return MICRO_BATCHES_PER_BOARD * boards;
}

/** One small layer for each board. */
function runOf({ boards, schedule, steps }: WaitingRing, folder: string): object {
  const files = (name: string) => ({ images: join(folder, `${name}.idx`), labels: join(folder, `${name}-labels.idx`) });
  const batch = SAMPLES * microBatchesOf(boards);
  return {
    name: 'waiting',
    data: { source: 'idx', train: files('train'), test: files('test') },
    model: { layers: Array.from({ length: boards }, () => ({ type: 'dense', units: UNITS })) },
    loss: 'softmaxCrossEntropy',
    optimizer: { type: 'sgd', learningRate: 0.01 },
    training: { steps: WARM_UP_STEPS + steps, epochs: 1, batch, microBatches: microBatchesOf(boards), schedule },
    links: 'direct',
    boards,
  };
}
