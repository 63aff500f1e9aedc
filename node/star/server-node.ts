// The server of a star: keeps the weights, takes in what the workers push, and gives each of them the parameters of its
// next clock as soon as the consistency allows. Between two steps it evaluates.

import { copyCost } from '../../compute/cost.js';
import { floatsOf } from '../../compute/tensor.js';
import { ComputeError } from '../../errors.js';
import { packTensor } from '../../protocol/packed-tensor.js';
import type { Wire } from '../../protocol/wire-dtypes.js';
import type { ActionCosts } from '../action-costs.js';
import { clocksBeyond, mayProceed } from '../consistency.js';
import type { Incoming, Node, Outgoing } from '../node-messages.js';
import { type Piece, piecesOf } from '../pieces.js';
import { snapshotOf } from '../snapshot.js';
import { fileOfWeights } from '../weights-file.js';
import { lostOnTheWire } from '../wire-fault.js';
import type { Worker } from '../worker.js';
import type { Aggregation } from './aggregation.js';
import { bulkAggregation } from './bulk-aggregation.js';
import type { DescentOptions } from './descent.js';
import { immediateAggregation } from './immediate-aggregation.js';
import { WorkerClock } from './worker-clock.js';

export interface StarServerOptions extends DescentOptions {
  readonly worker: Worker;
  readonly costs: ActionCosts;
  readonly wire: Wire;
  readonly emit: (message: Outgoing) => void;
}

type Wrong = { readonly message: string; readonly remedy?: string | undefined };
type Pushed = Extract<Incoming, { kind: 'gradient' }>;
type EvaluationInput = Extract<Incoming, { kind: 'eval' }>;
type Targets = Extract<Incoming, { kind: 'targets' }>;

export class StarServerNode implements Node {
  private readonly aggregation: Aggregation;
  private readonly pieces: readonly Piece[];
  /** Clocks that a worker may be ahead of its parameters. */
  private readonly beyond: number;
  private readonly workers: WorkerClock[];
  private readonly pushed: Pushed[] = [];
  private readonly evaluations: { readonly step: number; left: number; isTold: boolean }[] = [];
  private readonly inputs: EvaluationInput[] = [];
  private readonly targets: Targets[] = [];
  private samples: number;
  private readonly cuts: number[] = [];
  private pushes = 0;
  private collectStep: number | null = null;
  private faulty = false;

  constructor(private readonly options: StarServerOptions) {
    const { part, vectors } = options;
    this.aggregation = part.consistency === 'bsp' ? bulkAggregation(options) : immediateAggregation(options);
    this.pieces = piecesOf(vectors.weights.size);
    this.beyond = clocksBeyond(part);
    this.samples = part.firstStep * part.samplesOfStep;
    const { beyond } = this;
    const pieces = this.pieces.length;
    this.workers = part.shares.map((share, index) => new WorkerClock({ position: index + 1, share, pieces, beyond }));
  }

  deliver(message: Incoming): void {
    if (message.kind === 'gradient') this.pushed.push(message);
    else if (message.kind === 'share') this.addShare(message.to, message.localSteps);
    else if (message.kind === 'evaluation') {
      this.evaluations.push({ step: message.step, left: message.microBatches, isTold: false });
    } else if (message.kind === 'eval') this.inputs.push(message);
    else if (message.kind === 'targets') this.targets.push(message);
    else if (message.kind === 'lost') this.drop(message.worker);
    else if (message.kind === 'cut') this.cuts.push(message.step);
    else if (message.kind === 'collect') this.collectStep = message.step;
  }

  /** What is to be sent goes first: others wait for it. An evaluation that is due holds the weights as they are. */
  runOnce(): boolean {
    if (this.faulty) return false;
    if (this.sendNext()) return true;
    const [evaluation] = this.evaluations;
    if (evaluation && this.isDueAfter(evaluation.step)) return this.evaluate(evaluation);
    const [cut] = this.cuts;
    if (cut !== undefined && this.isDueAfter(cut)) return this.keep(cut);
    const pushed = this.pushed.shift();
    if (pushed) this.take(pushed);
    else if (this.collectStep !== null) this.collect(this.collectStep);
    else return false;
    return true;
  }

  /** Steps that the weights have seen. */
  private get step(): number {
    return Math.floor(this.samples / this.options.part.samplesOfStep);
  }

  /** Under `bsp` a clock may begin before a step ends and end after it: what it pushed counts once all of it is in. */
  private isDueAfter(step: number): boolean {
    return this.samples >= step * this.options.part.samplesOfStep && this.aggregation.isSettled();
  }

  private addShare(position: number, localSteps = this.options.part.localSteps): void {
    const worker = this.workers.find((each) => each.position === position);
    worker?.give(localSteps);
  }

  private drop(position: number): void {
    const index = this.workers.findIndex((each) => each.position === position);
    if (index < 0) return;
    this.workers.splice(index, 1);
    for (let at = this.pushed.length - 1; at >= 0; at--)
      if (this.pushed[at]?.from === position) this.pushed.splice(at, 1);
    this.change(() => this.aggregation.drop(position));
  }

  private take(message: Pushed): void {
    const worker = this.workers.find(({ position }) => position === message.from);
    if (worker === undefined) return;
    if (message.micro === 0) worker.beginPush();
    const isIn = this.change(() => this.aggregation.take({ ...message, from: worker.position }));
    if (isIn && message.micro === this.pieces.length - 1) this.completePush(worker, message);
  }

  /** @returns false where a push would spoil the weights: then the node has failed */
  private change(work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      if (!(error instanceof ComputeError)) throw error;
      return this.fail(this.step, 'gradient', error);
    }
  }

  private completePush(worker: WorkerClock, { step, basis = step, loss }: Pushed): void {
    const { part, activity, emit } = this.options;
    // Under `bsp` all gradients of a clock are taken at the weights that they change.
    const unseen = worker.completePush(basis, this.pushes);
    const staleness = part.consistency === 'bsp' ? 0 : unseen;
    activity.tookGradient(staleness);
    this.pushes++;
    this.samples += worker.takeSamples();
    emit({ kind: 'pushed', from: worker.position, loss: loss as number, staleness });
  }

  /** One piece of the parameters, to all that wait for it. */
  private sendNext(): boolean {
    const first = this.workers.find((worker) => this.isDue(worker));
    if (first === undefined) return false;
    const { goal, sent, until, localSteps } = first;
    const isAlike = (each: WorkerClock) =>
      each.goal === goal && each.sent === sent && each.until === until && each.localSteps === localSteps;
    const alike = this.workers.filter((each) => isAlike(each) && this.isDue(each));
    this.send(goal, this.pieces[sent] as Piece, alike);
    return true;
  }

  private isDue(worker: WorkerClock): boolean {
    const { goal, sent, shares, position, hasAll } = worker;
    if (hasAll || shares <= goal) return false;
    if (goal > 0 && !this.aggregation.isReady(position, goal, sent)) return false;
    const { consistency, staleness } = this.options.part;
    if (consistency === 'bsp') return true; // its sums wait for all
    const others = this.workers.filter((each) => each !== worker).map(({ clock }) => clock);
    return mayProceed(goal + this.beyond, others, consistency, staleness);
  }

  private send(step: number, { index, start, end }: Piece, workers: readonly WorkerClock[]): void {
    const { activity, vectors, wire, emit } = this.options;
    const values = floatsOf(vectors.weights).subarray(start, end);
    const pack = () => packTensor(values, wire.parameters);
    const { packed, lost } = activity.during('serialise', pack, copyCost(values.length));
    if (lost !== null) {
      this.fail(step, 'wire', lostOnTheWire(lost, 'parameters', wire));
      return;
    }
    const { until, localSteps } = workers[0] as WorkerClock;
    const isLast = index === this.pieces.length - 1;
    const told = { localSteps, ...(isLast && this.beyond > 0 && { until }) };
    for (const worker of workers) worker.noteSent(this.pushes);
    const to = workers.map(({ position }) => position);
    emit({ kind: 'parameters', step, micro: index, data: packed, to, ...told });
  }

  private evaluate(evaluation: (typeof this.evaluations)[number]): boolean {
    const { worker, activity, costs, emit } = this.options;
    const { step } = evaluation;
    if (!evaluation.isTold) {
      evaluation.isTold = true;
      emit({ kind: 'evaluating', step });
    }
    const [input, targets] = [this.inputs[0], this.targets[0]];
    if (input === undefined || targets === undefined) return false;
    this.inputs.shift();
    this.targets.shift();
    activity.during('forward', () => worker.evaluate(input.data), costs.forward);
    const fault = worker.findEvaluationFault(step);
    if (fault) return this.fail(step, fault.layer, fault);
    const { samples } = targets;
    const result = worker.judge(targets.data, samples);
    if (!Number.isFinite(result.lossSum)) {
      return this.fail(step, 'loss', { message: `the loss is ${result.lossSum} after ${step} steps` });
    }
    if (--evaluation.left === 0) this.evaluations.shift();
    emit({ kind: 'evaluated', step, micro: input.micro, samples, ...result });
    return true;
  }

  private keep(step: number): boolean {
    const { worker, emit } = this.options;
    this.cuts.shift();
    const fault = worker.findWeightsFault(step);
    if (fault) return this.fail(step, fault.layer, fault);
    emit({ kind: 'snapshot', step, file: snapshotOf(worker.store, step) });
    return true;
  }

  private collect(step: number): void {
    const { worker, emit } = this.options;
    this.collectStep = null;
    const fault = worker.findWeightsFault(step);
    if (fault) this.fail(step, fault.layer, fault);
    else emit({ kind: 'weights', step, file: fileOfWeights(worker.store) });
  }

  /** @returns false, since the node does nothing more */
  private fail(step: number, layer: string, { message, remedy }: Wrong): false {
    this.faulty = true;
    this.options.emit({ kind: 'fault', step, micro: 0, layer, message, ...(remedy !== undefined && { remedy }) });
    return false;
  }
}
