// The worker joins the parameter store and the two modules into one stage, and knows no network: arrays
// in, arrays out. The last stage also holds the loss, where the way back begins.

import type { Engine, Kernels } from '../compute/kernels.js';
import type { Layer, Pass } from '../compute/layer.js';
import type { Loss } from '../compute/loss.js';
import type { Metric } from '../compute/metrics.js';
import type { Optimizer } from '../compute/optimizers.js';
import { floatsOf, MeasuringArena, type Shape, type Tensor } from '../compute/tensor.js';
import { BackpropagationModule } from './backpropagation-module.js';
import { MultiplicationModule } from './multiplication-module.js';
import { type FusedScale, ParameterStore } from './parameter-store.js';
import { allocateSlot, Stash, type StashSlot } from './stash.js';

export interface Stage {
  /** Consecutive layers of the model; none at a master that only evaluates the loss. */
  readonly layers: readonly Layer[];
  /** Per sample, of the stage's first layer. */
  readonly inputShape: Shape;
  /** Samples in a micro-batch. */
  readonly microBatch: number;
  readonly microBatches: number;
  /** Micro-batches in flight: so many are stashed. */
  readonly window: number;
  readonly optimizer: Optimizer;
  /** Not null where backward updates the weights itself. */
  readonly fusedScale: FusedScale | null;
  readonly versionsHeld: 1 | 2;
  /** Index within the step's whole batch of the first sample that this worker sees. */
  readonly firstSample: number;
  /** The weight version at which a step is computed, forward and backward; null: the newest, whatever the step. */
  readonly weightVersion: ((step: number) => number) | null;
  readonly ending: StageEnding | null;
}

/** What the last stage has besides: the loss and the metric of evaluation. */
export interface StageEnding {
  readonly loss: Loss;
  readonly metric: Metric;
}

export interface Evaluated {
  readonly lossSum: number;
  readonly metricSum: number;
}

/** Forward done, but with numbers that are none. */
export interface Fault {
  readonly layer: string;
  readonly message: string;
}

export class Worker {
  readonly store: ParameterStore;
  private readonly multiplication: MultiplicationModule;
  private readonly backpropagation: BackpropagationModule;
  private readonly stash: Stash;
  private readonly evaluationSlot: StashSlot;
  private readonly targets: Tensor;
  private readonly losses: Tensor;

  /** Takes all memory from the engine's arena, once. */
  constructor(
    private readonly engine: Engine,
    private readonly stage: Stage,
  ) {
    const { arena, kernels } = engine;
    const { layers, inputShape, microBatch, window, optimizer } = stage;
    this.store = new ParameterStore(arena, layers, optimizer, stage);
    this.multiplication = new MultiplicationModule(kernels, layers, this.store);
    this.backpropagation = new BackpropagationModule(arena, kernels, layers, this.store, inputShape, microBatch);
    this.stash = new Stash(arena, layers, inputShape, microBatch, window);
    this.evaluationSlot = allocateSlot(arena, layers, inputShape, microBatch);
    this.targets = arena.tensor([microBatch, ...targetShapeOf(stage)]);
    this.losses = arena.tensor([microBatch]);
  }

  get kernels(): Kernels {
    return this.engine.kernels;
  }

  /** @returns the stage's output `[micro-batch, ...]`, a view that lasts until the micro-batch's backward */
  forward(step: number, micro: number, input: Float32Array): Float32Array {
    const slot = this.stash.take(step, micro);
    floatsOf(slot.values[0] as Tensor).set(input);
    return floatsOf(this.multiplication.forward(slot, this.pass(step, micro), this.versionOf(step)));
  }

  /**
   * @param gradient of the stage's output, as the next position sent it
   * @returns the gradient of the stage's input, or null at the model's first layer
   */
  backward(step: number, micro: number, gradient: Float32Array): Float32Array | null {
    floatsOf(this.backpropagation.outputGradient).set(gradient);
    return this.propagate(this.stash.release(step, micro), step, micro);
  }

  /** The last stage's backward: begins at the loss. `loss` is the sum over the micro-batch. */
  backwardFromLoss(step: number, micro: number, targets: Float32Array): { loss: number; dX: Float32Array | null } {
    const slot = this.stash.release(step, micro);
    const loss = this.lossSum(slot, targets);
    return { loss, dX: this.propagate(slot, step, micro) };
  }

  /** Forward for evaluation, at the newest weights: dropout off, nothing stashed. The view lasts until the next evaluation. */
  evaluate(input: Float32Array): Float32Array {
    floatsOf(this.evaluationSlot.values[0] as Tensor).set(input);
    return floatsOf(this.multiplication.forward(this.evaluationSlot, EVALUATION, this.store.version));
  }

  /** Loss and metric of what `evaluate` left, over the first `samples` rows: the last may be padding. */
  judge(targets: Float32Array, samples: number): Evaluated {
    this.lossSum(this.evaluationSlot, targets);
    const output = floatsOf(this.evaluationSlot.values.at(-1) as Tensor);
    const width = output.length / this.stage.microBatch;
    const targetWidth = targets.length / this.stage.microBatch;
    const lossSum = sum(floatsOf(this.losses).subarray(0, samples));
    const { metric } = this.ending;
    const metricSum = metric.sum(
      output.subarray(0, samples * width),
      targets.subarray(0, samples * targetWidth),
      samples,
    );
    return { lossSum, metricSum };
  }

  /** One optimizer step over the whole batch. */
  update(): void {
    this.store.update(this.engine.kernels, this.stage.microBatch * this.stage.microBatches);
  }

  /** Checks what forward just computed for a micro-batch; called where a NaN would otherwise travel on. */
  findFault(step: number, micro: number): Fault | null {
    return this.faultOf(this.stash.peek(step, micro), `at step ${step}, micro-batch ${micro}`);
  }

  /** The same for what `evaluate` left, at weight version `step`. */
  findEvaluationFault(step: number): Fault | null {
    return this.faultOf(this.evaluationSlot, `when evaluated after ${step} steps`);
  }

  /**
   * The last update may have spoilt weights that no forward has used since.
   * @param steps that they have seen, where others than the worker update them
   */
  findWeightsFault(steps = this.store.version): Fault | null {
    const weights = this.store.findNonFinite();
    const message = `${weights} is not finite after ${steps} steps`;
    return weights === null ? null : { layer: weights.split('/')[0] as string, message };
  }

  private faultOf({ values }: StashSlot, when: string): Fault | null {
    if (this.isFinite(values.at(-1) as Tensor)) return null;
    const bad = values.findIndex((value) => !this.isFinite(value));
    const layer = bad === 0 ? 'input' : (this.stage.layers[bad - 1] as Layer).name;
    const weights = this.store.findNonFinite();
    const because = weights === null ? '' : `; ${weights} holds such values too`;
    return { layer, message: `the output of ${layer} is not finite ${when}${because}` };
  }

  private isFinite(tensor: Tensor): boolean {
    return Number.isFinite(this.engine.kernels.sumOfSquares(tensor));
  }

  private propagate(slot: StashSlot, step: number, micro: number): Float32Array | null {
    const dX = this.backpropagation.backward(slot, this.pass(step, micro), this.versionOf(step));
    return dX === null ? null : floatsOf(dX);
  }

  private lossSum(slot: StashSlot, targets: Float32Array): number {
    const { loss } = this.ending;
    floatsOf(this.targets).set(targets);
    const { outputGradient } = this.backpropagation;
    loss.compute(this.engine.kernels, this.losses, outputGradient, slot.values.at(-1) as Tensor, this.targets);
    return sum(floatsOf(this.losses));
  }

  private get ending(): StageEnding {
    if (this.stage.ending === null) throw new RangeError('only the last stage holds the loss');
    return this.stage.ending;
  }

  private pass(step: number, micro: number): Pass {
    const { firstSample, microBatch } = this.stage;
    return { step, sample: firstSample + micro * microBatch, continues: micro > 0, training: true };
  }

  private versionOf(step: number): number {
    return this.stage.weightVersion?.(step) ?? this.store.version;
  }
}

const EVALUATION: Pass = { step: 0, sample: 0, continues: false, training: false };

/** How many floats of memory a worker for this stage takes. */
export function measureStage(stage: Stage): number {
  const arena = new MeasuringArena();
  const engine = { name: 'plain', arena, kernels: {} } as unknown as Engine; // constructing a worker computes nothing
  new Worker(engine, stage);
  return arena.usedFloats;
}

export function outputShapeOf({ layers, inputShape }: Pick<Stage, 'layers' | 'inputShape'>): Shape {
  return layers.at(-1)?.outputShape ?? inputShape;
}

export function targetShapeOf(stage: Stage): Shape {
  return stage.ending === null ? [0] : stage.ending.loss.targetShape(outputShapeOf(stage));
}

function sum(values: Float32Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
