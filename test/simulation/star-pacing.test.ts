// Who may go on in a simulated star, with pushes that interleave in any way: nobody beyond the bound, nobody held back
// within it, and all data used up.

import { expect } from 'chai';
import fc from 'fast-check';
import { clocksBeyond } from '../../node/consistency.js';
import type { StarSpec } from '../../protocol/run-spec.js';
import type { StarCosts } from '../../simulation/star-costs.js';
import { Pacing } from '../../simulation/star-pacing.js';
import type { Sending } from '../../simulation/star-server.js';
import { evenRun, several } from './scenarios.js';

const SAMPLES = 3;
const CLOCKS = 5;

interface Worker {
  /** Pushes that have begun and that are in. */
  begun: number;
  done: number;
  /** Pieces of parameters, over all its clocks, and of its push that came in. */
  parameters: number;
  pushed: number;
  data: number;
}

/** Pacing between workers that push the pieces of their gradients whenever they are told to. */
class Play {
  readonly workers: readonly Worker[];
  readonly applied: number[] = [];
  private readonly pacing: Pacing;
  private readonly beyond: number;

  constructor(
    star: StarSpec,
    count: number,
    private readonly pieces: number,
    private readonly onRelease: (worker: number, play: Play) => void = () => {},
  ) {
    this.beyond = clocksBeyond(star);
    const nothing = { elements: 1, entries: 1, parameterBytes: 1, gradientBytes: 1 };
    const worker = { stepMs: 1, unpackMs: () => 1, keepMs: 0, packMs: () => 1, dataBytes: [1], samples: SAMPLES };
    const server = { gatherMs: () => 1, updateMs: () => 1, packMs: () => 1 };
    const [bundles, workers] = [several(pieces, nothing), several(count, worker)];
    const costs: StarCosts = { isWhole: false, bundles, workers, server };
    this.workers = several(count, 0).map(() => ({ begun: 0, done: 0, parameters: 0, pushed: 0, data: 0 }));
    this.pacing = new Pacing({
      star,
      costs,
      samples: count * CLOCKS * SAMPLES,
      sendData: (index) => this.at(index).data++,
      onSamples: (samples) => this.applied.push(samples),
      release: (sendings) => {
        for (const sending of sendings) this.take(sending);
      },
    });
    this.pacing.start();
  }

  /** Who has all that it needs for its next piece. */
  get able(): number[] {
    const isAble = (index: number) => {
      const { pushed, data, done } = this.at(index);
      return pushed > 0 || (done < this.untilOf(index) && data > done);
    };
    return [...this.workers.keys()].filter(isAble);
  }

  /** The first clock that its last whole parameters do not allow. */
  untilOf(index: number): number {
    const whole = Math.floor(this.at(index).parameters / this.pieces);
    return whole === 0 ? 0 : whole + this.beyond;
  }

  get clocks(): number[] {
    return this.workers.map(({ done }) => done);
  }

  pushPiece(index: number): void {
    const worker = this.at(index);
    const piece = worker.pushed++;
    if (piece === 0) {
      worker.begun++;
      this.pacing.beginPush(index);
    }
    if (worker.pushed === this.pieces) {
      worker.pushed = 0;
      worker.done++;
    }
    this.pacing.arrivedAt(index, piece);
    this.pacing.completeFor(index);
  }

  private take({ workers }: Sending): void {
    for (const index of workers) {
      this.at(index).parameters++;
      this.onRelease(index, this);
    }
  }

  at(index: number): Worker {
    return this.workers[index] as Worker;
  }
}

function starOf(consistency: string, staleness = 1): StarSpec {
  return evenRun(1, { mode: 'star', star: { consistency, staleness } }).star;
}

const aPlay = fc.record({
  count: fc.integer({ min: 1, max: 5 }),
  pieces: fc.integer({ min: 1, max: 3 }),
  staleness: fc.integer({ min: 0, max: 3 }),
  choices: fc.infiniteStream(fc.nat({ max: 1000 })),
});

function playOut(play: Play, choices: Iterator<number>): void {
  for (let { able } = play; able.length > 0; able = play.able) {
    play.pushPiece(able[choices.next().value % able.length] as number);
  }
}

describe('the pacing of a simulated star', () => {
  it('lets nobody begin a clock more than `staleness` ahead of the slowest other, under ssp', () => {
    fc.assert(
      fc.property(aPlay, ({ count, pieces, staleness, choices }) => {
        const within = (index: number, play: Play) => {
          const others = play.workers.filter((_, other) => other !== index).map(({ done }) => done);
          const furthest = play.untilOf(index) - 1;
          expect(furthest - Math.min(...others, Infinity)).to.be.at.most(staleness);
        };
        const play = new Play(starOf('ssp', staleness), count, pieces, within);
        playOut(play, choices);
        // All are through, so nobody was held back for ever; who is faster has taken of the others' data.
        expect(play.applied.at(-1)).to.equal(count * CLOCKS * SAMPLES);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('lets one worker go on alone exactly as far as the bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3 }), (staleness, pieces) => {
        const play = new Play(starOf('ssp', staleness), 3, pieces);
        while (play.able.includes(1)) play.pushPiece(1);
        expect(play.clocks).to.deep.equal([0, staleness + 1, 0]);
        for (const index of [0, 2]) for (let piece = 0; piece < pieces; piece++) play.pushPiece(index);
        expect(play.able, 'the slowest is one clock further on').to.include(1);
      }),
      { seed: 2, numRuns: 12 },
    );
  });

  it('lets one worker have all the data under asp, but for what the others were given at the start', () => {
    const play = new Play(starOf('asp'), 3, 2);
    while (play.able.includes(0)) play.pushPiece(0);
    expect(play.clocks).to.deep.equal([3 * CLOCKS - 6, 0, 0]);
    expect(play.applied.at(-1)).to.equal((3 * CLOCKS - 6) * SAMPLES);
  });
});
