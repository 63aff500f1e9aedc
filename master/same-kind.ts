// Boards of one kind are planned as equally fast. A benchmark of a moment differs between two of them by what
// else they did just then, and a plan that follows such a difference makes the ring wait for its larger stage.

import type { EngineName } from '../compute/kernels.js';
import type { AgentInfo } from '../protocol/agent-messages.js';
import { gflopsOf } from './resolve-engine.js';
import type { PlannedBoard } from './stage-costs.js';

export interface Measured {
  /** The board, its cores and whatever else makes two boards alike. */
  readonly kind: string;
  readonly gflops: number;
}

/** Beyond this a board is slower than its kind for a reason, such as heat. */
const SAME = 1.5;

/** What the planner needs to know of the boards of a run. */
export function plannedBoards(boards: readonly AgentInfo[], engine: EngineName): PlannedBoard[] {
  const gflops = evenGflops(
    boards.map((info) => ({ kind: `${info.board}, ${info.cores} cores`, gflops: gflopsOf(info, engine) })),
  );
  return boards.map((board, index) => plannedBoard(board, gflops[index] as number));
}

export function plannedBoard(
  { agent, memoryBytes, profile }: Pick<AgentInfo, 'agent' | 'memoryBytes' | 'profile'>,
  gflops: number,
): PlannedBoard {
  return { id: agent, gflops, memoryBytes, ...(profile && { linkMbps: profile.linkMbps }) };
}

/** GFLOP/s to plan with, in the order of `boards`: the median of its kind, unless a board is far from it. */
export function evenGflops(boards: readonly Measured[]): number[] {
  return boards.map(({ kind, gflops }) => {
    const usual = median(boards.filter((board) => board.kind === kind).map((board) => board.gflops));
    return Math.max(gflops / usual, usual / gflops) <= SAME ? usual : gflops;
  });
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  const upper = sorted.length >> 1;
  return ((sorted[(sorted.length - 1) >> 1] as number) + (sorted[upper] as number)) / 2;
}
