// How runs got over faults, as it is kept in a file for each kind, and which two contestants are tried: it is about processes
// of one computer that are started again at once, as a supervisor would, never about emulated boards.

import { z } from 'zod';
import { MODES } from '../protocol/run-spec.js';
import { PLAIN } from './contestants.js';
import type { PlannedRun } from './plan.js';

const amount = z.number().min(0);

const faultSchema = z.object({
  fault: z.string(),
  member: z.string(),
  /** Of the process: `board-2`. */
  name: z.string(),
  /** 0 where it was over at once. */
  lastsMs: amount,
  /** Milliseconds since the epoch. */
  atMs: amount,
  recoveryMs: amount.nullable(),
  generations: amount,
  repeated: amount,
});

const evaluationSchema = z.object({ metric: z.string(), value: z.number() });

const runSchema = z.object({
  steps: amount,
  seconds: amount,
  /** As it ended; null where nothing is held out. */
  evaluation: evaluationSchema.nullable(),
  /** Why it did not finish. */
  failure: z.string().nullable(),
  /** With the same run undisturbed. */
  matches: z.boolean(),
  faults: z.array(faultSchema),
});

/** What is the same in two that may stand for each other. */
export const recoveryDefinitionSchema = z.object({
  /** Of this program. */
  version: z.string(),
  boards: z.int().min(2),
  faults: z.int().min(1),
  kinds: z.array(z.string()),
  /** Between a recovery and the next fault. */
  everyMs: amount,
  spec: z.unknown(),
});
export type RecoveryDefinition = z.output<typeof recoveryDefinitionSchema>;

export const recoveryResultSchema = z.object({
  contestant: z.string(),
  mode: z.enum(MODES),
  boards: z.int().min(2),
  /** What had to be the same as without faults. */
  standard: z.enum(['weights', 'accuracy']),
  startedAt: z.string(),
  /** Of this computer's clock, the fleet's start and end included. */
  wallSeconds: amount,
  machine: z.string(),
  command: z.string(),
  /** So many times as long as the run file says, for a run that faults can befall. */
  stretch: z.int().min(1),
  undisturbed: runSchema.pick({ steps: true, seconds: true, evaluation: true }),
  runs: z.array(runSchema),
  hash: z.string(),
  definition: recoveryDefinitionSchema,
});
export type RecoveryResult = z.output<typeof recoveryResultSchema>;

export interface Recovery {
  readonly results: readonly RecoveryResult[];
  /** Why there is not one of each kind, as a sentence; null when there is. */
  readonly obstacle: string | null;
}

export interface RecoveryPair {
  readonly boards: number;
  readonly ring: PlannedRun;
  readonly star: PlannedRun;
}

/** More processes than that keep a small computer busy with itself. */
const MOST_BOARDS = 4;

/**
 * The plain ring and the plain star, or else the first of each kind, on the most boards that both can have.
 * @returns why there are none, as a sentence
 */
export function recoveryPair(plan: readonly PlannedRun[]): RecoveryPair | string {
  const numbers = [...new Set(plan.map(({ boards }) => boards))].filter(
    (boards) => boards >= 2 && boards <= MOST_BOARDS,
  );
  for (const boards of numbers.sort((a, b) => b - a)) {
    const possible = plan.filter((run) => run.boards === boards && run.notPossible === null);
    const [ring, star] = [of(possible, 'ring'), of(possible, 'star')];
    if (ring && star) return { boards, ring, star };
  }
  return `No ring and star took part together on 2 to ${MOST_BOARDS} boards, to let faults befall them.`;
}

function of(runs: readonly PlannedRun[], mode: 'ring' | 'star'): PlannedRun | undefined {
  const ofMode = runs.filter(({ contestant }) => contestant.mode === mode);
  return ofMode.find(({ contestant }) => contestant.name === PLAIN[mode]) ?? ofMode[0];
}

/** By the file that holds it. */
export function recoveryName({ contestant, boards }: Pick<PlannedRun, 'contestant' | 'boards'>): string {
  return `${contestant.name}-${boards}`;
}
