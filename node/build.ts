// From plain data to a node that is ready to work: what an assignment says, on this board's engine.

import type { Engine, EngineFactory } from '../compute/kernels.js';
import type { Layer } from '../compute/layer.js';
import { lossOf } from '../compute/loss.js';
import { metricOf } from '../compute/metrics.js';
import { buildModel } from '../compute/model.js';
import { createOptimizer, type Optimizer } from '../compute/optimizers.js';
import type { LayerSpec, LossName, OptimizerSpec } from '../compute/specs.js';
import type { Shape } from '../compute/tensor.js';
import { CapacityError } from '../errors.js';
import { fusedScaleOf } from './fused-update.js';
import { type ScheduleName, scheduleOf } from './schedules/schedules.js';
import { firstSampleOf, floatsBeside, optimizerOf, type StarPart, stepsBeforeOwn } from './star/part.js';
import { measureStage, type Stage, Worker } from './worker.js';

/** One position's part of a run. */
export interface StageSpec {
  /** Of the whole model, per sample. */
  readonly inputShape: Shape;
  readonly layers: readonly LayerSpec[];
  readonly seed: number;
  /** This stage: layers `firstLayer` up to, not including, `endLayer`, counted as `buildModel` counts. */
  readonly firstLayer: number;
  readonly endLayer: number;
  /** The last stage holds the loss. */
  readonly last: boolean;
  readonly loss: LossName;
  readonly optimizer: OptimizerSpec;
  readonly batch: number;
  readonly microBatches: number;
  readonly schedule: ScheduleName;
  /** Micro-batches that may be in flight here, at most: so many are stashed. */
  readonly window: number;
  /** Of a star: the whole model, at a worker or at the server. */
  readonly star?: StarPart | undefined;
}

/** @param model all its layers, where they are built already */
export function stageOf(spec: StageSpec, model: readonly Layer[] = buildModel(spec)): Stage {
  const layers = model.slice(spec.firstLayer, spec.endLayer);
  const { star } = spec;
  const optimizer = star
    ? createOptimizer(optimizerOf(spec.optimizer, star), stepsBeforeOwn(star))
    : createOptimizer(spec.optimizer);
  return {
    layers,
    inputShape: model[spec.firstLayer - 1]?.outputShape ?? spec.inputShape,
    microBatch: spec.batch / spec.microBatches,
    microBatches: spec.microBatches,
    window: spec.window,
    optimizer,
    ...(star ? NEWEST : versionsOf(spec, optimizer)),
    firstSample: star ? firstSampleOf(star) : 0,
    ending: spec.last ? { loss: lossOf(spec.loss), metric: metricOf(metricFor(spec.loss), spec.loss) } : null,
  };
}

/** In a star the server decides when weights change: a node computes with those that it has. */
const NEWEST = { fusedScale: null, versionsHeld: 1, weightVersion: null } as const;

function versionsOf(spec: StageSpec, optimizer: Optimizer): Pick<Stage, keyof typeof NEWEST> {
  const { versionsHeld, weightVersion } = scheduleOf(spec.schedule);
  return { fusedScale: fusedScaleOf(spec, optimizer), versionsHeld, weightVersion };
}

/** Bytes of memory that a node of this stage takes. */
export function bytesOfStage(spec: StageSpec): number {
  const stage = stageOf(spec);
  const beside = spec.star ? floatsBeside(stage.layers, spec.star, spec.optimizer) : 0;
  return (measureStage(stage) + beside) * Float32Array.BYTES_PER_ELEMENT;
}

/** What an evaluation reports beside the loss. */
export function metricFor(loss: LossName): 'accuracy' | 'mae' {
  return loss === 'meanSquaredError' ? 'mae' : 'accuracy';
}

/** @throws CapacityError when the stage takes more than `memoryBytes` */
export async function buildWorker(spec: StageSpec, factory: EngineFactory, memoryBytes = Infinity): Promise<Worker> {
  const stage = stageOf(spec);
  const bytes = bytesOfStage(spec);
  if (bytes > memoryBytes) {
    throw new CapacityError(
      `the stage ${namesOf(stage)} takes ${bytes} bytes, ${bytes - memoryBytes} more than this board gives`,
      {
        remedy: 'Use more boards, a smaller batch, or raise the memory that the agent may take (--memory).',
      },
    );
  }
  const engine: Engine = await factory(measureStage(stage));
  const worker = new Worker(engine, stage);
  worker.store.initialize(spec.seed);
  return worker;
}

function namesOf({ layers }: Stage): string {
  const [first, last] = [layers.at(0)?.name, layers.at(-1)?.name];
  if (first === undefined) return 'without layers';
  return first === last ? first : `${first} to ${last}`;
}
