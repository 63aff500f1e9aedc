// Cuts a row of layers into consecutive stages so that the costliest stage costs as little as possible:
// `A[j][k] = min over i < j of max(A[i][k - 1], cost(i, j, k))`, in O(L² N) evaluations of the cost at most: where it is
// known by what a cost is bound from below, stages that would be far too long are not looked at.

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
 * @param atLeast never above the cost, and the larger the longer a stage is
 * @returns null when no partition has a finite cost, as with more stages than layers
 */
export function partition(layers: number, stages: number, cost: StageCost, atLeast?: StageCost): Partition | null {
  if (atLeast === undefined) return partitionWithin(Infinity, layers, stages, cost, NOTHING);
  // What is found within a limit is the best of all if it costs no more than that.
  const [least, most] = boundsOf(layers, stages, atLeast);
  for (let limit = least; limit > 0 && limit < most; limit *= 2) {
    const found = partitionWithin(limit, layers, stages, cost, atLeast);
    if (found !== null && found.cost <= limit) return found;
  }
  return partitionWithin(Infinity, layers, stages, cost, atLeast);
}

const NOTHING: StageCost = () => 0;

/** No partition costs less than its costliest layer at the stage that is best at it; none is bound by more than all layers at one. */
function boundsOf(layers: number, stages: number, atLeast: StageCost): [least: number, most: number] {
  const each = Array.from({ length: stages }, (_, stage) => stage);
  const alone = Array.from({ length: layers }, (_, layer) =>
    each.reduce((least, stage) => Math.min(least, atLeast(layer, layer + 1, stage)), Infinity),
  );
  return [Math.max(0, ...alone), Math.max(0, ...each.map((stage) => atLeast(0, layers, stage)))];
}

/** Looks only at stages that are bound by `limit` at most. */
function partitionWithin(
  limit: number,
  layers: number,
  stages: number,
  cost: StageCost,
  atLeast: StageCost,
): Partition | null {
  const best: Entry[][] = [[{ worst: 0, squares: 0, firstOfLast: 0 }]];
  for (let stage = 0; stage < stages; stage++) {
    const before = best[stage] as Entry[];
    const lastEnd = layers - (stages - stage - 1); // each stage behind has a layer, too
    const isTooLong = (first: number, end: number) => atLeast(first, end, stage) > limit;
    const entryAt = (end: number) =>
      end > stage && end <= lastEnd ? bestEndingAt(end, stage, before, cost, isTooLong) : IMPOSSIBLE;
    best.push(Array.from({ length: layers + 1 }, (_, end) => entryAt(end)));
  }
  const found = best[stages]?.[layers] ?? IMPOSSIBLE;
  return Number.isFinite(found.worst) ? { ranges: trace(best, layers), cost: found.worst } : null;
}

function bestEndingAt(
  end: number,
  stage: number,
  before: readonly Entry[],
  cost: StageCost,
  isTooLong: (first: number, end: number) => boolean,
): Entry {
  let best = IMPOSSIBLE;
  for (let first = end - 1; first >= stage && !isTooLong(first, end); first--) {
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
