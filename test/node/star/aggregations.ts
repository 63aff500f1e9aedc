// An aggregation on its own, without the node around it: weights of a known start, and pushes of made-up gradients.

import { paddedSize, sizeOf } from '../../../compute/tensor.js';
import { stageOf } from '../../../node/build.js';
import { piecesOf } from '../../../node/pieces.js';
import type { Aggregation } from '../../../node/star/aggregation.js';
import { bulkAggregation } from '../../../node/star/bulk-aggregation.js';
import type { PushedPiece } from '../../../node/star/descent.js';
import { immediateAggregation } from '../../../node/star/immediate-aggregation.js';
import { mulberry32 } from '../../support/finite-differences.js';
import { vectorsOf, weightsOf } from '../../support/star-samples.js';
import { nodeAt, partAt, type StarRun, stageAt } from '../../support/star-stages.js';

export interface AggregationInTest {
  readonly aggregation: Aggregation;
  readonly pieces: number;
  weights(): Float32Array;
}

export async function openAggregation(run: StarRun): Promise<AggregationInTest> {
  const { worker, activity } = await nodeAt(run, 0, () => undefined);
  const { kernels, store } = worker;
  const part = partAt(run, 0);
  const aggregation = (part.consistency === 'bsp' ? bulkAggregation : immediateAggregation)({
    ...{ part, kernels, activity },
    optimizer: run.stage.optimizer,
    vectors: vectorsOf(worker),
    tensors: store.wholeTensors(),
  });
  return { aggregation, pieces: piecesOf(vectorsOf(worker).weights.size).length, weights: () => weightsOf(worker) };
}

/** A sum over the worker's share; 0 in the padding between tensors, as workers have it. */
export function gradientOf(run: StarRun, worker: number, clock: number): Float32Array {
  const random = mulberry32(1000 * clock + worker);
  const sizes = stageOf(stageAt(run, 0)).layers.flatMap(({ parameters }) =>
    parameters.map(({ shape }) => sizeOf(shape)),
  );
  const tensors = sizes.map((size) => {
    return Array.from({ length: paddedSize(size) }, (_, at) => (at < size ? 2 * random() - 1 : 0));
  });
  return Float32Array.from(tensors.flat());
}

/** One worker's push of a clock, in its pieces. */
export function pushOf(run: StarRun, from: number, step: number): PushedPiece[] {
  const gradient = gradientOf(run, from, step);
  return piecesOf(gradient.length).map(({ index, start, end }) => {
    return { from, step, micro: index, data: gradient.slice(start, end) };
  });
}

/** All queues as one, each in its own order, merged by chance. */
export function merged<Item>(queues: readonly (readonly Item[])[], random: () => number): Item[] {
  const left = queues.map((queue) => [...queue]);
  const all: Item[] = [];
  for (let full = left; full.length > 0; full = left.filter(({ length }) => length > 0)) {
    const next = full[Math.floor(random() * full.length)]?.shift();
    if (next !== undefined) all.push(next);
  }
  return all;
}
