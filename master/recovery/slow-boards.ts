// Boards that stay slower than they were planned with: too hot, busy with other work, on a tired memory card. Looked at
// at a cut, now and then. One slow reading says nothing, so layers (of a star that waits for all: samples) only move once it
// has been so several times in a row, and only where the run gains by it.

import type { PlanEntry } from '../../protocol/assignment.js';

/** By so much it exceeds its plan more than the others do theirs, and takes longer than they do. */
const SLOW = 1.5;
const LOOKS_IN_A_ROW = 3;
const BETWEEN_LOOKS_MS = 10_000;
/** What the slowest stage must come down to before layers move. */
const WORTH = 0.8;

export class SlowBoards {
  private readonly inARow = new Map<string, number>();
  /** By agent: the share of its planned speed that it has. */
  private readonly speeds = new Map<string, number>();
  /** The same of those that the last look has found, of what they were planned with then. */
  private readonly found = new Map<string, number>();
  private lookedAtMs: number;

  constructor(private readonly nowMs: () => number) {
    this.lookedAtMs = nowMs();
  }

  /**
   * @param measuredMs f + g of a micro-batch, by agent; left out where it is not known
   * @returns whether one has been slow for long enough
   */
  observe(plan: readonly PlanEntry[], measuredMs: ReadonlyMap<string, number>): boolean {
    if (this.nowMs() - this.lookedAtMs < BETWEEN_LOOKS_MS) return false;
    this.lookedAtMs = this.nowMs();
    const ratios = plan.flatMap(({ agent, position, microBatchMs }) => {
      const measured = measuredMs.get(agent);
      return position > 0 && measured !== undefined && microBatchMs > 0
        ? [{ agent, measured, ratio: measured / microBatchMs }]
        : [];
    });
    this.found.clear();
    // What all of them have beyond the plan is the plan's fault.
    const usual = median(ratios.map(({ ratio }) => ratio));
    const usualMs = median(ratios.map(({ measured }) => measured));
    for (const { agent, measured, ratio } of ratios) {
      const isSlow = ratio > SLOW * usual && measured > SLOW * usualMs;
      this.inARow.set(agent, isSlow ? (this.inARow.get(agent) ?? 0) + 1 : 0);
      if (this.inARow.get(agent) !== LOOKS_IN_A_ROW) continue;
      this.found.set(agent, usual / ratio);
      this.speeds.set(agent, this.speedOf(agent) * (usual / ratio));
    }
    return this.found.size > 0;
  }

  /** The share of its speed with which a board is to be planned. */
  speedOf(agent: string): number {
    return this.speeds.get(agent) ?? 1;
  }

  /** Whether a plan over the same boards takes enough off the slowest one. @param now made before the last look */
  isWorthIt(now: readonly PlanEntry[], next: readonly PlanEntry[]): boolean {
    const slowestNow = Math.max(...now.map(({ agent, microBatchMs }) => microBatchMs / (this.found.get(agent) ?? 1)));
    const slowestNext = Math.max(...next.map(({ microBatchMs }) => microBatchMs));
    return slowestNext <= WORTH * slowestNow;
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[(sorted.length - 1) >> 1] ?? 1;
}
