// Every way to cut a row of layers into consecutive stages: what a clever search must not lose against.

import type { Range } from '../../compute/partition.js';

export function* allPartitions(layers: number, stages: number, first = 0): Generator<Range[]> {
  if (stages === 1) {
    if (first < layers) yield [{ first, end: layers }];
    return;
  }
  for (let end = first + 1; end < layers; end++) {
    for (const rest of allPartitions(layers, stages - 1, end)) yield [{ first, end }, ...rest];
  }
}

/** Of the partition whose costliest stage costs least; infinite when there is none. */
export function leastCost(
  layers: number,
  stages: number,
  cost: (first: number, end: number, stage: number) => number,
): number {
  let least = Infinity;
  for (const ranges of allPartitions(layers, stages)) {
    least = Math.min(least, Math.max(...ranges.map(({ first, end }, stage) => cost(first, end, stage))));
  }
  return least;
}
