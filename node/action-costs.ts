// What each action of a stage costs, for a board that only takes as long as that. Data that come in are copied into the
// engine's memory by the action that reads them; what goes out is packed, which is an action of its own.

import { backwardCost, type Cost, copyCost, forwardCost, parametersOf, updateCost } from '../compute/cost.js';
import { sizeOf } from '../compute/tensor.js';
import { outputShapeOf, type Stage } from './worker.js';

export interface ActionCosts {
  readonly forward: Cost;
  readonly backward: Cost;
  readonly update: Cost;
}

export function actionCosts(stage: Stage): ActionCosts {
  const { layers, inputShape, microBatch, optimizer, fusedScale, versionsHeld, ending } = stage;
  const read = copyCost(microBatch * sizeOf(inputShape));
  // At the last stage no gradient comes in: the way back begins there.
  const readBack = copyCost(ending === null ? microBatch * sizeOf(outputShapeOf(stage)) : 0);
  const parameters = parametersOf(layers);
  const next = versionsHeld === 2 ? copyCost(parameters) : NOTHING;
  return {
    forward: sum(forwardCost(layers, microBatch), read),
    backward: sum(backwardCost(layers, microBatch), readBack),
    update: fusedScale === null ? sum(updateCost(parameters, optimizer), next) : NOTHING,
  };
}

const NOTHING: Cost = { flops: 0, bytes: 0 };

function sum(one: Cost, other: Cost): Cost {
  return { flops: one.flops + other.flops, bytes: one.bytes + other.bytes };
}
