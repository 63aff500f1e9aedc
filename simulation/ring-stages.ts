// What each position of a ring takes for a forward, a backward and an update, and what its frames weigh (decision 18).

import {
  backwardCost,
  type Cost,
  copyCost,
  durationMs,
  forwardCost,
  parametersOf,
  updateCost,
} from '../compute/cost.js';
import type { Layer } from '../compute/layer.js';
import { buildModel } from '../compute/model.js';
import { createOptimizer } from '../compute/optimizers.js';
import { type Shape, sizeOf } from '../compute/tensor.js';
import { fusedScaleOf } from '../node/fused-update.js';
import { scheduleOf } from '../node/schedules/schedules.js';
import { FrameSizes } from './frame-bytes.js';
import type { Machine, RingScenario } from './scenario.js';

export interface RingStage {
  readonly forwardMs: number;
  readonly backwardMs: number;
  readonly updateMs: number;
  /** What it sends clockwise: the master the data, a board its activations. */
  readonly clockwiseBytes: number;
  /** Anticlockwise: gradients, and from position 1 the word that it is done. */
  readonly anticlockwiseBytes: number;
}

/** By position. */
export function ringStages(scenario: RingScenario): RingStage[] {
  const { spec, inputShape, machines, stages } = scenario;
  const layers = buildModel({ inputShape, layers: spec.model.layers, seed: spec.seed });
  const shapeBefore = (layer: number) => (layer === 0 ? inputShape : (layers[layer - 1] as Layer).outputShape);
  const sizes = new FrameSizes(spec.name);
  return stages.map(({ first, end }, position) => {
    const isMaster = position === 0;
    const [input, output] = [shapeBefore(first), shapeBefore(end)];
    // At the master nothing leaves clockwise but the data, and the loss is where gradients begin.
    const held = { layers: layers.slice(first, end), input, output: isMaster ? null : output, isFirst: position === 1 };
    return {
      ...stageTimes(held, scenario, machines[position] as Machine),
      ...stageFrames(scenario, sizes, isMaster ? inputShape : output, held),
    };
  });
}

interface HeldStage {
  readonly layers: readonly Layer[];
  readonly input: Shape;
  /** Null where it stays. */
  readonly output: Shape | null;
  readonly isFirst: boolean;
}

function stageTimes({ layers, input, output, isFirst }: HeldStage, { spec }: RingScenario, machine: Machine) {
  const { batch, microBatches, schedule } = spec.training;
  const samples = batch / microBatches;
  const optimizer = createOptimizer(spec.optimizer);
  const parameters = parametersOf(layers);
  const isFused = fusedScaleOf({ schedule, batch, microBatches }, optimizer) !== null;
  const outputs = output === null ? 0 : samples * sizeOf(output);
  const inputs = samples * sizeOf(input);
  const took = (...costs: Cost[]) => costs.reduce((sum, cost) => sum + durationMs(cost, machine), 0);
  return {
    forwardMs: took(forwardCost(layers, samples), copyCost(inputs), copyCost(outputs)),
    backwardMs: took(backwardCost(layers, samples), copyCost(outputs), copyCost(isFirst ? 0 : inputs)),
    // Where two versions are held, the newer begins as a copy of the older.
    updateMs: isFused
      ? 0
      : took(updateCost(parameters, optimizer), copyCost(scheduleOf(schedule).versionsHeld === 2 ? parameters : 0)),
  };
}

function stageFrames(
  { spec: { training, wire } }: RingScenario,
  sizes: FrameSizes,
  clockwise: Shape,
  { input, isFirst }: HeldStage,
): Pick<RingStage, 'clockwiseBytes' | 'anticlockwiseBytes'> {
  const samples = training.batch / training.microBatches;
  return {
    clockwiseBytes: sizes.of({ kind: 'activation', shape: [samples, ...clockwise], dtype: wire.activations }),
    anticlockwiseBytes: isFirst
      ? sizes.of({ kind: 'done' })
      : sizes.of({ kind: 'gradient', shape: [samples, ...input], dtype: wire.gradients }),
  };
}
