// Cuts a row of layers into consecutive stages so that the costliest stage costs as little as possible:
// `A[j][k] = min over i < j of max(A[i][k - 1], cost(i, j, k))`, in O(L² N) evaluations of the cost.

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

/** @returns null when no partition has a finite cost, as with more stages than layers */
export function partition(layers: number, stages: number, cost: StageCost): Partition | null {
  const best: Entry[][] = [[{ worst: 0, squares: 0, firstOfLast: 0 }]];
  for (let stage = 0; stage < stages; stage++) {
    const before = best[stage] as Entry[];
    best.push(Array.from({ length: layers + 1 }, (_, end) => bestEndingAt(end, stage, before, cost)));
  }
  const found = best[stages]?.[layers] ?? IMPOSSIBLE;
  return Number.isFinite(found.worst) ? { ranges: trace(best, layers), cost: found.worst } : null;
}

function bestEndingAt(end: number, stage: number, before: readonly Entry[], cost: StageCost): Entry {
  let best = IMPOSSIBLE;
  for (let first = 0; first < end; first++) {
    const prefix = before[first];
    if (prefix === undefined || !Number.isFinite(prefix.worst)) continue;
    const own = cost(first, end, stage);
    const candidate = { worst: Math.max(prefix.worst, own), squares: prefix.squares + own * own, firstOfLast: first };
    if (isBetter(candidate, best)) best = candidate;
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
