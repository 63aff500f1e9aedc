// Which run comes when. They alternate, and each round begins with another contestant, so that a machine that
// grows warm or busy favours nobody.

import type { Contestant } from './contestants.js';

export interface PlannedRun {
  readonly contestant: Contestant;
  readonly boards: number;
  /** From 1. */
  readonly round: number;
  /** Why it cannot be, known before it starts; null for a run that is to be tried. */
  readonly notPossible: string | null;
}

export interface PlanOptions {
  readonly contestants: readonly Contestant[];
  readonly boards: readonly number[];
  readonly rounds: number;
  /** How many positions the layers of a ring can fill. */
  readonly mostRingBoards: (contestant: Contestant) => number;
}

export function planRuns({ contestants, boards, rounds, mostRingBoards }: PlanOptions): PlannedRun[] {
  return Array.from({ length: rounds }, (_, index) => index + 1).flatMap((round) =>
    boards.flatMap((count, place) =>
      rotated(contestants, round - 1 + place).map((contestant) => {
        const notPossible = obstacle(contestant, count, mostRingBoards(contestant));
        return { contestant: inRound(contestant, round), boards: count, round, notPossible };
      }),
    ),
  );
}

/** Each round from a seed of its own, the same for all: how much learning wavers shows only so. */
function inRound(contestant: Contestant, round: number): Contestant {
  const { spec } = contestant;
  const seed = (spec.seed + round - 1) % 2 ** 32;
  return { ...contestant, spec: { ...spec, seed } };
}

/** By the file that holds its result. */
export function nameOf({ contestant, boards, round }: PlannedRun): string {
  return `${contestant.name}-${boards}-${round}`;
}

function rotated<T>(items: readonly T[], by: number): T[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

function obstacle({ mode, spec }: Contestant, boards: number, mostRingBoards: number): string | null {
  if (mode === 'ring' && boards > mostRingBoards)
    return `the model has layers for at most ${mostRingBoards} boards in a ring`;
  const { batch } = spec.training;
  if (mode === 'star' && boards > batch) return `a batch of ${batch} samples has no share for each of ${boards} boards`;
  return null;
}
