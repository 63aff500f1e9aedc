// From what a user writes to the layers that stages hold. Indices count the expanded list, in which the
// activation of a dense layer stands on its own; errors name the position in the user's list.

import { ConfigurationError, RingTmpError } from '../errors.js';
import type { Layer } from './layer.js';
import { activation } from './layers/activation.js';
import { dense } from './layers/dense.js';
import { dropout } from './layers/dropout.js';
import { flatten } from './layers/flatten.js';
import type { Activation, LayerSpec, LossName } from './specs.js';
import type { Shape } from './tensor.js';

export interface ModelSpec {
  /** Per sample, without the batch. */
  readonly inputShape: Shape;
  readonly layers: readonly LayerSpec[];
  /** Dropout draws from it. */
  readonly seed: number;
}

/** @throws ConfigurationError naming the layer, when a layer cannot take what the one before it gives */
export function buildModel({ inputShape, layers: specs, seed }: ModelSpec): Layer[] {
  const layers: Layer[] = [];
  let shape = inputShape;
  for (const [position, spec] of specs.entries()) {
    for (const part of expand(spec)) {
      const layer = naming(position, () => createLayer(part, shape, layers.length, seed));
      layers.push(layer);
      shape = layer.outputShape;
    }
  }
  return layers;
}

/** How many layers `buildModel` makes of these: as many stages there can be at most. */
export function countLayers(specs: readonly LayerSpec[]): number {
  return specs.flatMap(expand).length;
}

/** Activations that a loss on logits already contains. */
const INCLUDED: Readonly<Record<LossName, readonly Activation[]>> = {
  softmaxCrossEntropy: ['softmax'],
  binaryCrossEntropy: ['sigmoid', 'softmax'],
  meanSquaredError: [],
};

/** @throws ConfigurationError when the loss takes logits and the model would turn them into probabilities first */
export function checkLoss(loss: LossName, specs: readonly LayerSpec[]): void {
  const last = lastActivation(specs);
  if (last === undefined || !INCLUDED[loss].includes(last)) return;
  throw new ConfigurationError(`${loss} takes logits, but the model ends in ${last}`, {
    remedy: `Remove the ${last} activation from the last layer: the loss includes its own.`,
  });
}

/** What the outputs went through last; flatten and dropout leave them what they are. */
function lastActivation(specs: readonly LayerSpec[]): Activation | undefined {
  const last = specs.flatMap(expand).findLast((spec) => spec.type === 'dense' || spec.type === 'activation');
  return last?.type === 'activation' ? last.activation : undefined;
}

/** A dense layer with an activation becomes two layers. */
function expand(spec: LayerSpec): LayerSpec[] {
  if (spec.type !== 'dense' || spec.activation === undefined) return [spec];
  const { activation: kind, ...dense } = spec;
  return [dense, { type: 'activation', activation: kind }];
}

function createLayer(spec: LayerSpec, inputShape: Shape, index: number, seed: number): Layer {
  switch (spec.type) {
    case 'dense':
      return dense(spec, inputShape, index);
    case 'activation':
      return activation(spec, inputShape, index);
    case 'dropout':
      return dropout(spec, inputShape, index, seed);
    case 'flatten':
      return flatten(inputShape, index);
  }
}

/** Runs `create` and lets its errors name the layer, counted from 0 as in the run file. */
function naming(position: number, create: () => Layer): Layer {
  try {
    return create();
  } catch (error) {
    if (!(error instanceof RingTmpError)) throw error;
    throw new ConfigurationError(`layers[${position}]: ${error.message}`, {
      cause: error,
      ...(error.remedy !== undefined && { remedy: error.remedy }),
    });
  }
}
