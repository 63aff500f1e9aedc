// Cuts a row of layers into consecutive stages so that the costliest stage costs as little as possible:
// `A[j][k] = min over i < j of max(A[i][k - 1], cost(i, j, k))`, in O(L² N) evaluations of the cost at most: where it is
// known by what a cost is bound from below, a stage that costs more than the best so far is not made longer.

/** Layers `first` up to, not including, `end`. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/** Cost of giving layers `first` up to `end` to stage `stage`; infinite where it cannot be. */
export type StageCost = (first: number, end: number, stage: number) => number;

export interface Partition {
  readonly ranges: readonly Range[];
  /** Of the costliest stage. */
  readonly cost: number;
}

/** How good a prefix is: first its costliest stage, then, of equals, the sum of squares, for balance. */
interface Entry {
  readonly worst: number;
  readonly squares: number;
  readonly firstOfLast: number;
}

const IMPOSSIBLE: Entry = { worst: Infinity, squares: Infinity, firstOfLast: -1 };

/**
 * @param atLeast never above the cost, and the larger the earlier a stage begins
 * @returns null when no partition has a finite cost, as with more stages than layers
 */
export function partition(layers: number, stages: number, cost: StageCost, atLeast = nothing): Partition | null {
  const best: Entry[][] = [[{ worst: 0, squares: 0, firstOfLast: 0 }]];
  for (let stage = 0; stage < stages; stage++) {
    const before = best[stage] as Entry[];
    const lastEnd = layers - (stages - stage - 1); // each stage behind has a layer, too
    const entryAt = (end: number) =>
      end > stage && end <= lastEnd ? bestEndingAt(end, stage, before, cost, atLeast) : IMPOSSIBLE;
    best.push(Array.from({ length: layers + 1 }, (_, end) => entryAt(end)));
  }
  const found = best[stages]?.[layers] ?? IMPOSSIBLE;
  return Number.isFinite(found.worst) ? { ranges: trace(best, layers), cost: found.worst } : null;
}

function nothing(_first: number, _end: number, _stage: number): number {
  return 0;
}

function bestEndingAt(
  end: number,
  stage: number,
  before: readonly Entry[],
  cost: StageCost,
  atLeast: StageCost,
): Entry {
  let best = IMPOSSIBLE;
  for (let first = end - 1; first >= stage; first--) {
    if (atLeast(first, end, stage) > best.worst) break;
    const prefix = before[first];
    if (prefix === undefined || !Number.isFinite(prefix.worst)) continue;
    const own = cost(first, end, stage);
    const candidate = { worst: Math.max(prefix.worst, own), squares: prefix.squares + own * own, firstOfLast: first };
    if (!isBetter(best, candidate)) best = candidate; // of equals the one that begins earliest
  }
  return best;
}

function isBetter(a: Entry, b: Entry): boolean {
  return a.worst < b.worst || (a.worst === b.worst && a.squares < b.squares);
}

function trace(best: readonly Entry[][], layers: number): Range[] {
  const ranges: Range[] = [];
  let end = layers;
  for (let stage = best.length - 1; stage > 0; stage--) {
    const first = best[stage]?.[end]?.firstOfLast ?? 0;
    ranges.unshift({ first, end });
    end = first;
  }
  return ranges;
}
