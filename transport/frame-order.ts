// Peers send each kind of frame in order, and a topic keeps the order. So there is always exactly one
// frame that may come next: an earlier one was here before, a later one does not belong (or tells of a gap).

import type { FrameKey, FrameKind } from '../protocol/frame.js';

type Key = Pick<FrameKey, 'kind' | 'step' | 'micro' | 'loss' | 'basis' | 'localSteps'>;
/**
 * @param sender the position that the frame came from
 * @returns null for the frame that is due, which then counts as seen
 */
export type FrameOrder = (key: Key, sender: number) => Disorder | null;
export type Disorder = 'repeated' | 'unexpected';

/** Counts (step, micro) upwards, so many micros to a step. */
class Sequence {
  step: number;
  micro = 0;

  constructor(
    private readonly micros: number,
    firstStep = 0,
  ) {
    this.step = firstStep;
  }

  /** @param micros of this step, where it has fewer */
  accept({ step, micro }: Key, micros = this.micros): Disorder | null {
    if (step < this.step || (step === this.step && micro < this.micro)) return 'repeated';
    if (step !== this.step || micro !== this.micro) return 'unexpected';
    if (micro >= micros || micros > this.micros) return 'unexpected';
    this.micro = (this.micro + 1) % micros;
    if (this.micro === 0) this.step++;
    return null;
  }
}

/**
 * In a ring: steps of so many micro-batches, one after the other.
 * @param firstStep the cut from which the run goes on
 */
export function ringOrder(microBatches: number, firstStep = 0): (key: Key) => Disorder | null {
  const forward = new Sequence(microBatches, firstStep);
  const backward = {
    gradient: new Sequence(microBatches, firstStep),
    done: new Sequence(microBatches, firstStep),
  };
  let evaluated = { step: 0, micros: 0 };
  const called = { cut: -1, collect: -1 };

  /** Evaluations and the calls for snapshots and weights come between two steps. */
  const betweenSteps = ({ step }: Key): Disorder | null => {
    if (step < forward.step) return 'repeated';
    return step === forward.step && forward.micro === 0 ? null : 'unexpected';
  };
  const evaluate = (key: Key): Disorder | null => {
    const misplaced = betweenSteps(key);
    if (misplaced) return misplaced;
    const expected = evaluated.step === key.step ? evaluated.micros : 0;
    if (key.micro !== expected) return key.micro < expected ? 'repeated' : 'unexpected';
    evaluated = { step: key.step, micros: expected + 1 };
    return null;
  };
  const call = (key: Key, kind: keyof typeof called): Disorder | null => {
    const misplaced = betweenSteps(key) ?? (called[kind] === key.step ? 'repeated' : null);
    if (misplaced === null) called[kind] = key.step;
    return misplaced;
  };

  return (key) => {
    if (key.kind === 'activation') return forward.accept(key);
    if (key.kind === 'eval') return evaluate(key);
    if (key.kind === 'cut' || key.kind === 'collect') return call(key, key.kind);
    return key.kind === 'gradient' || key.kind === 'done' ? backward[key.kind].accept(key) : 'unexpected';
  };
}

/** Of each kind, how many frames make up a worker's clock. */
export type FramesOfClock = { readonly [Kind in FrameKind]?: number };

/** In a star: each sender has clocks of its own, and each kind comes in its order. A clock may have fewer local steps. */
export function starOrder(frames: FramesOfClock): FrameOrder {
  const sequences = new Map<string, Sequence>();
  return (key, sender) => {
    const micros = frames[key.kind];
    if (micros === undefined) return 'unexpected';
    const name = `${sender}/${key.kind}`;
    const sequence = sequences.get(name) ?? new Sequence(micros);
    sequences.set(name, sequence);
    const isData = key.kind === 'activation' || key.kind === 'targets';
    return sequence.accept(key, isData ? key.localSteps : undefined);
  };
}
