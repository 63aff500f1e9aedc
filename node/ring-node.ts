// A node of the ring: a worker, a schedule, and the queues between them and the neighbours. Messages
// come in through `deliver`, go out through `emit`; `run` works until there is nothing left to do.

import { copyCost } from '../compute/cost.js';
import { packTensor } from '../protocol/packed-tensor.js';
import { EXACT_WIRE, type TensorKind, type Wire, wireDtypeOf } from '../protocol/wire-dtypes.js';
import type { ActionCosts } from './action-costs.js';
import type { Ledger } from './emulation.js';
import type { Incoming, Outgoing } from './node-messages.js';
import type { NodeView, Schedule } from './schedules/schedule.js';
import { snapshotOf } from './snapshot.js';
import { fileOfWeights } from './weights-file.js';
import { lostOnTheWire } from './wire-fault.js';
import type { Worker } from './worker.js';

export interface RingNodeOptions {
  readonly worker: Worker;
  readonly schedule: Schedule;
  readonly activity: Ledger;
  /** What its actions cost on paper, for an emulated board. */
  readonly costs?: ActionCosts | undefined;
  readonly microBatches: number;
  /** Micro-batches in flight that are admitted at first; a `window` message changes it. */
  readonly window: number;
  /** The last node holds the loss and is where the way back begins; in the ring it is the master. */
  readonly last: boolean;
  /** As what its tensors travel; as 32-bit floats unless told. */
  readonly wire?: Wire | undefined;
  readonly emit: (message: Outgoing) => void;
}

type Clockwise = Extract<Incoming, { kind: 'activation' | 'eval' | 'cut' | 'collect' }>;
type Passed = Extract<TensorKind, 'activation' | 'eval' | 'gradient'>;
type Targets = Extract<Incoming, { kind: 'targets' }>;
/** At the last node no neighbour sends a gradient: the loss does, with `data` null. */
type Gradient = { readonly step: number; readonly micro: number; readonly data: Float32Array | null };

export class RingNode {
  private readonly forwards: Clockwise[] = [];
  private readonly gradients: Gradient[] = [];
  private readonly targets = new Map<string, Targets>();
  private previous: NodeView['previous'] = null;
  private inFlight = 0;
  /** Of the step under way. */
  private backwardsDone = 0;
  private faulty = false;
  private window: number;

  constructor(private readonly options: RingNodeOptions) {
    this.window = options.window;
  }

  deliver(message: Incoming): void {
    if (message.kind === 'gradient') this.gradients.push(message);
    else if (message.kind === 'window') this.window = message.window;
    else if (message.kind === 'targets') this.targets.set(keyOf(message), message);
    else if (isClockwise(message)) this.forwards.push(message);
  }

  /** Does one thing; false when there is none to do. The caller looks for new messages between two. */
  runOnce(): boolean {
    const action = this.faulty ? 'wait' : this.options.schedule.next(this.view());
    if (action === 'forward' || action === 'backward') this.previous = action;
    if (action === 'forward') this.forward(this.forwards.shift() as Clockwise);
    if (action === 'backward') this.backward(this.gradients.shift() as Gradient);
    if (action === 'update') this.update();
    return action !== 'wait';
  }

  private view(): NodeView {
    const { microBatches, worker } = this.options;
    const head = this.forwards[0];
    return {
      version: worker.store.version,
      previous: this.previous,
      inFlight: this.inFlight,
      backwardsDone: this.backwardsDone,
      microBatches,
      window: this.window,
      nextForward: head ? { step: head.step, training: head.kind === 'activation' } : null,
      gradientWaits: this.gradients.length > 0,
    };
  }

  private forward(message: Clockwise): void {
    if (message.kind === 'activation') this.forwardTraining(message);
    else if (message.kind === 'eval') this.evaluate(message);
    else this.call(message);
  }

  private forwardTraining({ step, micro, data }: Extract<Clockwise, { kind: 'activation' }>): void {
    const { worker, activity, costs, last } = this.options;
    const output = activity.during('forward', () => worker.forward(step, micro, data), costs?.forward);
    this.inFlight++;
    const fault = worker.findFault(step, micro);
    if (fault) this.fail({ kind: 'fault', step, micro, ...fault });
    else if (last) this.gradients.push({ step, micro, data: null });
    else this.pass('activation', step, micro, output);
  }

  private backward(gradient: Gradient): void {
    const { step, micro } = gradient;
    const { worker, schedule, activity, costs, emit } = this.options;
    const dX = activity.during('backward', () => this.propagate(gradient), costs?.backward);
    activity.tookGradient(worker.store.version - schedule.weightVersion(step));
    this.inFlight--;
    this.backwardsDone++;
    if (this.faulty) return;
    if (dX === null) emit({ kind: 'done', step, micro });
    else this.pass('gradient', step, micro, dX);
  }

  /** To a neighbour. Packing is the one copy out of the engine's memory; what does not fit is found here. */
  private pass(kind: Passed, step: number, micro: number, values: Float32Array): void {
    const { wire = EXACT_WIRE, activity, emit } = this.options;
    const pack = () => packTensor(values, wireDtypeOf(kind, wire));
    const { packed, lost } = activity.during('serialise', pack, copyCost(values.length));
    if (lost === null) emit({ kind, step, micro, data: packed });
    else this.fail({ kind: 'fault', step, micro, layer: 'wire', ...lostOnTheWire(lost, kind, wire) });
  }

  private propagate({ step, micro, data }: Gradient): Float32Array | null {
    const { worker, emit } = this.options;
    if (data !== null) return worker.backward(step, micro, data);
    const targets = this.takeTargets(step, micro, true);
    const { loss, dX } = worker.backwardFromLoss(step, micro, targets.data);
    if (Number.isFinite(loss)) emit({ kind: 'loss', step, micro, loss });
    else this.failAtLoss(step, micro, loss);
    return dX;
  }

  private update(): void {
    const { worker, activity, costs, emit } = this.options;
    const step = worker.store.version;
    activity.during('update', () => worker.update(), costs?.update);
    this.backwardsDone = 0;
    emit({ kind: 'updated', step });
  }

  private evaluate({ step, micro, data }: Extract<Clockwise, { kind: 'eval' }>): void {
    const { worker, activity, costs, last } = this.options;
    const output = activity.during('forward', () => worker.evaluate(data), costs?.forward);
    const fault = worker.findEvaluationFault(step);
    if (fault) this.fail({ kind: 'fault', step, micro, ...fault });
    else if (last) this.judge(step, micro);
    else this.pass('eval', step, micro, output);
  }

  private judge(step: number, micro: number): void {
    const { samples, data } = this.takeTargets(step, micro, false);
    const result = this.options.worker.judge(data, samples);
    if (Number.isFinite(result.lossSum)) this.options.emit({ kind: 'evaluated', step, micro, samples, ...result });
    else this.failAtLoss(step, micro, result.lossSum);
  }

  private call({ kind, step }: Extract<Clockwise, { kind: 'cut' | 'collect' }>): void {
    const { worker, last, emit } = this.options;
    const fault = worker.findWeightsFault();
    if (fault) {
      this.fail({ kind: 'fault', step, micro: 0, ...fault });
      return;
    }
    if (kind === 'cut') emit({ kind: 'snapshot', step, file: snapshotOf(worker.store) });
    else emit({ kind: 'weights', step, file: fileOfWeights(worker.store) });
    if (!last) emit({ kind, step });
  }

  private takeTargets(step: number, micro: number, training: boolean): Targets {
    const key = keyOf({ step, micro, training });
    const targets = this.targets.get(key);
    if (!targets) throw new RangeError(`no targets for step ${step}, micro-batch ${micro}`);
    this.targets.delete(key);
    return targets;
  }

  private failAtLoss(step: number, micro: number, loss: number): void {
    this.fail({ kind: 'fault', step, micro, layer: 'loss', message: `the loss is ${loss} at step ${step}` });
  }

  /** A node that computed nonsense passes none of it on, and does nothing more. */
  private fail(fault: Extract<Outgoing, { kind: 'fault' }>): void {
    this.faulty = true;
    this.options.emit(fault);
  }
}

function isClockwise(message: Incoming): message is Clockwise {
  return ['activation', 'eval', 'cut', 'collect'].includes(message.kind);
}

function keyOf({ step, micro, training }: Pick<Targets, 'step' | 'micro' | 'training'>): string {
  return `${training ? 'train' : 'eval'}/${step}/${micro}`;
}
