// A worker of a star: holds a replica, computes the gradient of its share at the parameters that the server sent, and
// pushes it, piece by piece. Its clock counts the pushes; it begins one with the parameters for it or, where it need not
// wait for them, with those of the clock before. What comes meanwhile it takes in between two clocks, as a whole.

import { copyCost, sumCost } from '../../compute/cost.js';
import type { OptimizerSpec } from '../../compute/specs.js';
import { floatsOf } from '../../compute/tensor.js';
import type { Wire } from '../../protocol/wire-dtypes.js';
import type { ActionCosts } from '../action-costs.js';
import type { Ledger } from '../emulation.js';
import type { Incoming, Node, Outgoing } from '../node-messages.js';
import type { ParameterVectors } from '../parameter-store.js';
import { type Piece, piecesOf } from '../pieces.js';
import { lostOnTheWire } from '../wire-fault.js';
import type { Worker } from '../worker.js';
import { type StarPart, shareOf } from './part.js';
import { Push } from './push.js';

export interface StarWorkerOptions {
  readonly worker: Worker;
  readonly costs: ActionCosts;
  readonly part: StarPart;
  /** As the run asks for it, whoever descends. */
  readonly optimizer: OptimizerSpec;
  readonly activity: Ledger;
  readonly wire: Wire;
  readonly emit: (message: Outgoing) => void;
}

type Parameters = Extract<Incoming, { kind: 'parameters' }>;
type Data = Extract<Incoming, { kind: 'activation' }>;
type Targets = Extract<Incoming, { kind: 'targets' }>;

export class StarWorkerNode implements Node {
  private readonly vectors: ParameterVectors;
  private readonly pieces: readonly Piece[];
  private readonly arrived: Parameters[] = [];
  private readonly data: Data[] = [];
  private readonly targets: Targets[] = [];
  /** The weights at which local steps began. */
  private readonly pulled: Float32Array;
  private readonly pushed: Push;
  private clock = 0;
  /** Of the next parameters: none of them, or the weights are half theirs. */
  private piecesLoaded = 0;
  /** The clock that the weights are for, and the first one that may not begin with them. */
  private basis = -1;
  private until = 0;
  private localStep = 0;
  /** Of the clock under way. */
  private localSteps = 0;
  private lossSum = 0;
  private faulty = false;

  constructor(private readonly options: StarWorkerOptions) {
    this.vectors = options.worker.store.vectors() as ParameterVectors;
    const elements = this.vectors.weights.size;
    this.pieces = piecesOf(elements);
    this.pushed = new Push({ ...options, elements });
    this.pulled = new Float32Array(options.part.localSteps > 1 ? elements : 0);
  }

  deliver(message: Incoming): void {
    if (message.kind === 'parameters') this.arrived.push(message);
    else if (message.kind === 'activation') this.data.push(message);
    else if (message.kind === 'targets') this.targets.push(message);
  }

  runOnce(): boolean {
    if (this.faulty) return false;
    if (this.mayLoad()) this.load(this.arrived.shift() as Parameters);
    else if (this.mayCompute()) this.compute();
    else return false;
    return true;
  }

  private get hasWeights(): boolean {
    return this.piecesLoaded === 0 && this.clock < this.until;
  }

  /** Piece by piece where it has to wait for them all the same. */
  private mayLoad(): boolean {
    return this.arrived.length >= (this.hasWeights ? this.pieces.length : 1);
  }

  private mayCompute(): boolean {
    return this.hasWeights && this.data.length > 0 && this.targets.length > 0;
  }

  private load({ step, micro, data, until = step + 1, localSteps = this.options.part.localSteps }: Parameters): void {
    const { start } = this.pieces[micro] as Piece;
    const weights = floatsOf(this.vectors.weights);
    this.options.activity.during('serialise', () => weights.set(data, start), copyCost(data.length));
    if (++this.piecesLoaded < this.pieces.length) return;
    this.piecesLoaded = 0;
    Object.assign(this, { basis: step, until, localSteps });
    const { pulled } = this;
    if (pulled.length > 0)
      this.options.activity.during('serialise', () => pulled.set(weights), copyCost(pulled.length));
  }

  /** One local step: the only one, or one of several before the push. */
  private compute(): void {
    const { part } = this.options;
    const step = part.firstStep + this.clock * part.localSteps + this.localStep;
    if (!this.forwardAndBackward(step)) return;
    if (part.localSteps > 1) this.descend();
    if (++this.localStep >= this.localSteps) this.push();
  }

  private forwardAndBackward(step: number): boolean {
    const { worker, activity, costs } = this.options;
    const [{ data }, targets] = [this.data.shift() as Data, this.targets.shift() as Targets];
    activity.during('forward', () => worker.forward(step, 0, data), costs.forward);
    const fault = worker.findFault(step, 0);
    if (fault) return this.fail({ kind: 'fault', step, micro: 0, ...fault });
    const back = () => worker.backwardFromLoss(step, 0, targets.data);
    const { loss } = activity.during('backward', back, costs.backward);
    if (!Number.isFinite(loss)) {
      return this.fail({
        kind: 'fault',
        step,
        micro: 0,
        layer: 'loss',
        message: `the loss is ${loss} at step ${step}`,
      });
    }
    this.lossSum += loss;
    return true;
  }

  private descend(): void {
    const { worker, activity, costs } = this.options;
    activity.during('update', () => worker.update(), costs.update);
  }

  private push(): void {
    for (const piece of this.pieces) if (!this.pushPiece(piece)) return;
    this.clock++;
    this.localStep = this.lossSum = 0;
  }

  private pushPiece(piece: Piece): boolean {
    const { wire, emit } = this.options;
    const { clock: step, basis } = this;
    const { packed, entries, isSparse, lost } = this.pushed.pack(piece, this.valuesOf(piece), step);
    const isLast = piece.index === this.pieces.length - 1;
    const told = isLast ? { loss: this.lossSum, ...(basis !== step && { basis }) } : {};
    if (lost === null) emit({ kind: 'gradient', step, micro: piece.index, data: packed, entries, isSparse, ...told });
    else {
      const fault = lostOnTheWire(lost, 'gradient', wire);
      this.fail({ kind: 'fault', step, micro: piece.index, layer: 'wire', ...fault });
    }
    return lost === null;
  }

  /** The gradient, summed over the share; after local steps what they changed, as if it were one. */
  private valuesOf(piece: Piece): Float32Array {
    const values = floatsOf(this.vectors.gradients).subarray(piece.start, piece.end);
    if (this.pulled.length === 0) return values;
    this.options.activity.during('serialise', () => this.writeChanges(piece, values), sumCost(values.length));
    return values;
  }

  private writeChanges({ start, end }: Piece, values: Float32Array): void {
    const weights = floatsOf(this.vectors.weights);
    const share = shareOf(this.options.part);
    for (let i = start; i < end; i++) {
      values[i - start] = share * ((this.pulled[i] as number) - (weights[i] as number));
    }
  }

  /** A node that computed nonsense passes none of it on, and does nothing more. */
  private fail(fault: Extract<Outgoing, { kind: 'fault' }>): false {
    this.faulty = true;
    this.options.emit(fault);
    return false;
  }
}
