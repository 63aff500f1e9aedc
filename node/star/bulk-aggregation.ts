// `bsp`: a piece changes once all workers that are left have pushed it.

import { createOptimizer } from '../../compute/optimizers.js';
import type { Aggregation } from './aggregation.js';
import { Descent, type DescentOptions, type PushedPiece } from './descent.js';
import { optimizerOf } from './part.js';

/** The pushes of one clock of one piece. */
interface Sum {
  clock: number;
  readonly waiting: Map<number, PushedPiece>;
  /** Workers whose part is in the sum. */
  readonly added: Set<number>;
  /** That the piece has seen in its clocks so far: the step of a clock must not depend on who comes first. */
  samples: number;
}

export function bulkAggregation(options: DescentOptions): Aggregation {
  const { shares, samplesOfStep, firstStep } = options.part;
  const descent = new Descent(options);
  const optimizer = createOptimizer(optimizerOf(options.optimizer, options.part));
  const alive = new Set(shares.map((_, index) => index + 1));
  const sums = descent.pieces.map(
    (): Sum => ({ clock: 0, waiting: new Map(), added: new Set(), samples: firstStep * samplesOfStep }),
  );

  /** In the order of the positions, whoever comes first, so that a sum has the same bits each time. */
  const addWhatIsDue = ({ added, waiting }: Sum) => {
    for (const worker of alive) {
      if (added.has(worker)) continue;
      const pushed = waiting.get(worker);
      if (pushed === undefined) return;
      descent.gather(pushed, added.size > 0);
      added.add(worker);
      waiting.delete(worker);
    }
  };
  const isComplete = ({ added }: Sum) => added.size > 0 && [...alive].every((worker) => added.has(worker));
  const samplesIn = ({ added }: Sum) => [...added].reduce((sum, worker) => sum + (shares[worker - 1] as number), 0);
  /** For the learning rate: of a worker that is lost the samples are missing, and a step takes more than a clock. */
  const stepOf = ({ samples }: Sum) => Math.floor(samples / samplesOfStep);
  const finish = (sum: Sum) => {
    sum.samples += samplesIn(sum);
    sum.clock++;
    sum.added.clear();
  };
  const settle = (piece: number) => {
    const sum = sums[piece] as Sum;
    addWhatIsDue(sum);
    if (descent.isWhole) {
      if (!sums.every(isComplete)) return;
      const samples = samplesIn(sum);
      // Of a worker that was lost amid its push some pieces are in, others not.
      for (const [index, each] of sums.entries()) descent.scale(index, samples / samplesIn(each));
      descent.updateWhole(optimizer, stepOf(sums[0] as Sum), samples);
      sums.forEach(finish);
    } else if (isComplete(sum)) {
      descent.update(piece, optimizer, stepOf(sum), samplesIn(sum));
      finish(sum);
    }
  };
  return {
    take(pushed) {
      (sums[pushed.micro] as Sum).waiting.set(pushed.from, pushed);
      settle(pushed.micro);
    },
    isReady: (_, clock, piece) => (sums[piece] as Sum).clock >= clock,
    isSettled: () =>
      sums.every(({ clock, added, waiting }) => {
        return clock === sums[0]?.clock && added.size === 0 && waiting.size === 0;
      }),
    drop(worker) {
      alive.delete(worker);
      for (const { waiting } of sums) waiting.delete(worker);
      if (alive.size > 0) for (const { index } of descent.pieces) settle(index);
    },
  };
}
