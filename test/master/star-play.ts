// Made-up workers around the stream of a star: they push when they are told to, and what they were given is kept.

import { expect } from 'chai';
import type { Batches } from '../../data/batches.js';
import { StarStream } from '../../master/star-stream.js';
import { mulberry32 } from '../support/finite-differences.js';

export interface Course {
  readonly shares: readonly number[];
  readonly localSteps: number;
  readonly inRounds: boolean;
  /** Clocks that a worker has data for; 2 unless told. */
  readonly ahead?: number;
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly seed: number;
  /** Lost, each after so many pushes. */
  readonly lost: readonly { readonly worker: number; readonly after: number }[];
  /** The cut that it goes on from; the beginning unless told. */
  readonly firstStep?: number;
  /** Steps between two cuts; none unless told. */
  readonly cutEvery?: number;
}

export const batchOf = ({ shares }: Pick<Course, 'shares'>) => shares.reduce((sum, share) => sum + share, 0);

/** Data that tell their positions within the run. */
function positionsOf({ steps, stepsPerEpoch }: Course): Batches {
  const samples = (first: number, count: number) => {
    return { data: new Float32Array(0), targets: Float32Array.from({ length: count }, (_, at) => first + at) };
  };
  return { steps, stepsPerEpoch, samples } as unknown as Batches;
}

/** A stream, and workers that push when they are told to. */
export class Play {
  readonly sent: { worker: number; clock: number; micro: number; positions: number[] }[] = [];
  readonly evaluations: number[] = [];
  readonly finished: number[] = [];
  readonly cuts: { step: number; reachable: number }[] = [];
  readonly given: number[];
  readonly pushed: number[];
  /** By worker: local steps of each of its clocks. */
  readonly granted: number[][];
  readonly alive: Set<number>;
  readonly stream: StarStream;
  isStopping = false;
  onPushed: () => void = () => undefined;
  /** Samples in the weights. */
  applied = 0;

  constructor(
    readonly course: Course,
    { batches = positionsOf(course), isLocal = false }: { batches?: Batches; isLocal?: boolean } = {},
  ) {
    const { shares, localSteps, inRounds, ahead = 2, firstStep = 0, cutEvery } = course;
    this.applied = firstStep * batchOf(course);
    this.given = shares.map(() => 0);
    this.pushed = shares.map(() => 0);
    this.granted = shares.map(() => []);
    this.alive = new Set(shares.map((_, index) => index + 1));
    this.stream = new StarStream({
      ...{ batches, shares, localSteps, inRounds, ahead, isLocal },
      batch: batchOf(course),
      firstStep,
      isStopping: () => this.isStopping,
      ...(cutEvery && { isCutDue: (step: number) => step % cutEvery === 0 }),
      sink: {
        sendData: (worker, { clock, micro }, { targets }) => {
          this.sent.push({ worker, clock, micro, positions: [...targets] });
        },
        grant: (worker, localSteps) => this.grant(worker, localSteps),
        evaluateAt: (step) => this.evaluations.push(step),
        cutAt: (step) => this.cuts.push({ step, reachable: this.reachable }),
        finish: (step) => this.finished.push(step),
      },
    });
  }

  /** Samples that may come into the weights. */
  get reachable(): number {
    const each = [...this.alive].map((worker) => {
      const out = (this.granted[worker - 1] as number[]).slice(this.pushed[worker - 1]);
      return this.shareOf(worker) * out.reduce((sum, localSteps) => sum + localSteps, 0);
    });
    return this.applied + each.reduce((sum, samples) => sum + samples, 0);
  }

  /** Whether there was one to make. */
  push(worker: number): boolean {
    const clock = this.pushed[worker - 1] as number;
    const slowest = Math.min(...[...this.alive].map((each) => this.pushed[each - 1] as number));
    const mayPush = this.alive.has(worker) && clock < (this.given[worker - 1] as number);
    if (!mayPush || (this.course.inRounds && clock > slowest)) return false;
    this.pushed[worker - 1] = clock + 1;
    const samples = this.shareOf(worker) * (this.granted[worker - 1]?.[clock] as number);
    expect(this.stream.samplesDue(worker)).to.equal(samples);
    this.applied += samples;
    this.stream.pushed(worker);
    this.onPushed();
    return true;
  }

  lose(worker: number): void {
    this.alive.delete(worker);
    this.stream.lose(worker);
  }

  /** In an order by chance, until nobody has anything to push. */
  toTheEnd(): void {
    const { seed, lost, shares } = this.course;
    const random = mulberry32(seed);
    this.stream.resume();
    for (let pushes = 0, idle = 0; idle < 20 * shares.length; ) {
      for (const loss of lost) if (loss.after === pushes && this.alive.has(loss.worker)) this.lose(loss.worker);
      const hasPushed = this.push(1 + Math.floor(random() * shares.length));
      pushes += hasPushed ? 1 : 0;
      idle = hasPushed ? 0 : idle + 1;
    }
    while ([...this.alive].some((worker) => this.push(worker)));
  }

  get positions(): number[] {
    return this.sent.flatMap(({ positions }) => positions);
  }

  private shareOf(worker: number): number {
    return this.course.shares[worker - 1] as number;
  }

  private grant(worker: number, localSteps: number): void {
    expect(localSteps).to.be.within(1, this.course.localSteps);
    this.granted[worker - 1]?.push(localSteps);
    this.given[worker - 1] = (this.given[worker - 1] as number) + 1;
    const left = (this.given[worker - 1] as number) - (this.pushed[worker - 1] as number);
    expect(left).to.be.at.most(this.course.ahead ?? 2);
    // No step at which an epoch ends can be in the weights before its evaluation was asked for.
    const { steps, stepsPerEpoch } = this.course;
    const mayBeIn = Math.floor(this.reachable / batchOf(this.course));
    const ends = Math.floor(Math.min(mayBeIn, steps - 1) / stepsPerEpoch);
    const before = Math.floor((this.course.firstStep ?? 0) / stepsPerEpoch);
    expect(this.evaluations.length).to.be.at.least(ends - before);
  }
}
