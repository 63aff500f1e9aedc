// The server's stream: gives each worker its share of the data ahead of the clock that it computes, and counts
// what comes back. The shares follow one another along the order of the samples, whoever takes them (decision 17).

import type { Batches, MicroBatch } from '../data/batches.js';

/** One of the local steps of a worker's clock. */
export interface LocalStep {
  readonly clock: number;
  readonly micro: number;
  /** Of the clock. */
  readonly localSteps: number;
}

/** What the stream asks of the server's position. */
export interface ShareSink {
  /** The data of a worker's local step, unless it has its own. */
  sendData(worker: number, step: LocalStep, data: MicroBatch): void;
  /** The worker has the data of one more clock, of so many local steps. */
  grant(worker: number, localSteps: number): void;
  /** Once all samples up to `step` are in the weights, evaluate. */
  evaluateAt(step: number): void;
  /** The same: keep a snapshot. */
  cutAt(step: number): void;
  /** Everything has come back. */
  finish(step: number): void;
}

export interface StarStreamOptions {
  readonly batches: Batches;
  /** Samples of a step. */
  readonly batch: number;
  /** By position from 1. */
  readonly shares: readonly number[];
  /** Of a clock; at the end of the run of fewer, so that no more is done than was asked for. */
  readonly localSteps: number;
  /** Clocks that a worker has data for beyond those it has pushed. */
  readonly ahead: number;
  /** Whether workers go from clock to clock together. */
  readonly inRounds: boolean;
  /** Whether the workers have data of their own. */
  readonly isLocal: boolean;
  readonly sink: ShareSink;
  /** The cut from which it goes on; the beginning unless told. */
  readonly firstStep?: number;
  isStopping(): boolean;
  /** Asked for each step once all its samples are given. */
  isCutDue?(step: number): boolean;
}

interface Worker {
  readonly position: number;
  readonly share: number;
  given: number;
  /** Local steps of each clock that it was given and has not pushed. */
  readonly out: number[];
}

export class StarStream {
  private readonly workers: Worker[];
  private cursor: number;
  /** Samples in the weights. */
  private applied: number;
  private evaluatedUpTo: number;
  /** Of the last step that was asked about. */
  private cutUpTo: number;
  private paused = true;
  private finished = false;

  constructor(private readonly options: StarStreamOptions) {
    const { batches, batch, firstStep = 0 } = options;
    this.cursor = this.applied = firstStep * batch;
    this.evaluatedUpTo = firstStep - (firstStep % batches.stepsPerEpoch);
    this.cutUpTo = firstStep;
    this.workers = options.shares.map((share, index) => ({ position: index + 1, share, given: 0, out: [] }));
  }

  /** Workers that still take part. */
  get size(): number {
    return this.workers.length;
  }

  /** Of the worker's next push; 0 where none is to come. */
  samplesDue(position: number): number {
    const worker = this.workers.find((each) => each.position === position);
    return worker ? worker.share * (worker.out[0] ?? 0) : 0;
  }

  /** Whole steps in the weights. */
  get step(): number {
    return Math.min(Math.floor(this.applied / this.options.batch), this.options.batches.steps);
  }

  resume(): void {
    this.paused = false;
    this.pump();
  }

  pause(): void {
    this.paused = true;
  }

  /** A push is in the weights. */
  pushed(position: number): void {
    const worker = this.workers.find((each) => each.position === position);
    if (worker === undefined) return;
    this.applied += worker.share * (worker.out.shift() as number);
    this.pump();
  }

  /** What the worker was given and has not pushed is made up for by samples further on. */
  lose(position: number): void {
    const index = this.workers.findIndex((worker) => worker.position === position);
    if (index >= 0) this.workers.splice(index, 1);
    this.pump();
  }

  private pump(): void {
    if (this.options.inRounds)
      while (this.mayGive() && this.workers.every((each) => this.hasRoom(each))) this.giveRound();
    else for (let next = this.next(); next; next = this.next()) this.giveOne(next);
    this.finishIfDone();
  }

  /** Whoever was given least: were the last samples all one's, `ssp` would wait for ever for those without. */
  private next(): Worker | undefined {
    if (!this.mayGive()) return undefined;
    const ready = this.workers.filter((each) => this.hasRoom(each));
    const least = Math.min(...ready.map(({ given }) => given));
    return ready.find(({ given }) => given === least);
  }

  private mayGive(): boolean {
    return !this.paused && !this.options.isStopping() && this.size > 0 && this.lacking > 0;
  }

  /** Samples of the run that are still to be given. */
  private get lacking(): number {
    const { batches, batch } = this.options;
    return batches.steps * batch - this.applied - this.outstanding;
  }

  private hasRoom({ out }: Worker): boolean {
    return out.length < this.options.ahead;
  }

  /** Samples that were given and have not come back. */
  private get outstanding(): number {
    return this.workers.reduce((sum, { share, out }) => sum + share * out.reduce((steps, each) => steps + each, 0), 0);
  }

  /** One step's samples side by side, so that a round is one global batch. */
  private giveRound(): void {
    const round = samplesOf(this.workers);
    const localSteps = this.stepsFor(round);
    let first = this.cursor;
    for (const worker of this.workers) {
      this.give(worker, localSteps, first, round);
      first += worker.share;
    }
    this.cursor = first + (localSteps - 1) * round;
  }

  private giveOne(worker: Worker): void {
    const { share, given } = worker;
    const localSteps = this.stepsFor(samplesOf(this.workers.filter((each) => each.given <= given)));
    const first = this.cursor;
    this.cursor += localSteps * share;
    this.give(worker, localSteps, first, share);
  }

  /**
   * As many local steps as the run has, or what is left of it shared out.
   * @param samples of one local step of all who are still to get this clock
   */
  private stepsFor(samples: number): number {
    return Math.min(this.options.localSteps, Math.ceil(this.lacking / samples));
  }

  /** @param stride from the samples of one local step to those of the next */
  private give(worker: Worker, localSteps: number, first: number, stride: number): void {
    const { batches, isLocal, sink } = this.options;
    const { position, share, given: clock } = worker;
    for (let micro = 0; micro < localSteps && !isLocal; micro++) {
      sink.sendData(position, { clock, micro, localSteps }, batches.samples(first + micro * stride, share));
    }
    worker.given++;
    worker.out.push(localSteps);
    this.askForEvaluations();
    this.askForCut();
    sink.grant(position, localSteps);
  }

  /** Told before the samples that it comes after can be in the weights; but for the last one, after which none may come. */
  private askForEvaluations(): void {
    const { batches, batch, sink } = this.options;
    const { steps, stepsPerEpoch } = batches;
    const next = () => this.evaluatedUpTo + stepsPerEpoch;
    while (next() < steps && this.applied + this.outstanding >= next() * batch) {
      this.evaluatedUpTo = next();
      sink.evaluateAt(this.evaluatedUpTo);
    }
  }

  private askForCut(): void {
    const { batches, batch, sink, isCutDue } = this.options;
    const step = Math.floor((this.applied + this.outstanding) / batch);
    if (step === this.cutUpTo || step >= batches.steps) return;
    this.cutUpTo = step;
    if (isCutDue?.(step)) sink.cutAt(step);
  }

  private finishIfDone(): void {
    const { batches, batch, isStopping, sink } = this.options;
    const isWhole = this.applied >= batches.steps * batch;
    if (this.finished || !(isWhole || isStopping()) || this.outstanding > 0) return;
    this.finished = true;
    if (isWhole) sink.evaluateAt(batches.steps);
    sink.finish(this.step);
  }
}

/** In one local step of each. */
function samplesOf(workers: readonly Worker[]): number {
  return workers.reduce((sum, { share }) => sum + share, 0);
}
