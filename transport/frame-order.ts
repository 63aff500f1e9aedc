// Neighbours send each kind of frame in order, and a topic keeps the order. So there is always exactly one
// frame that may come next: an earlier one was here before, a later one does not belong (or tells of a gap).

import type { FrameKey } from '../protocol/frame.js';

type Key = Pick<FrameKey, 'kind' | 'step' | 'micro'>;
export type Disorder = 'repeated' | 'unexpected';

/** Counts (step, micro) upwards, `microBatches` to a step. */
class Sequence {
  step = 0;
  micro = 0;

  constructor(private readonly microBatches: number) {}

  accept({ step, micro }: Key): Disorder | null {
    if (step < this.step || (step === this.step && micro < this.micro)) return 'repeated';
    if (step !== this.step || micro !== this.micro) return 'unexpected';
    this.micro = (this.micro + 1) % this.microBatches;
    if (this.micro === 0) this.step++;
    return null;
  }
}

/** @returns null for the frame that is due, which then counts as seen */
export function frameOrder(microBatches: number): (key: Key) => Disorder | null {
  const forward = new Sequence(microBatches);
  const backward = { gradient: new Sequence(microBatches), done: new Sequence(microBatches) };
  let evaluated = { step: 0, micros: 0 };
  let collectedStep = -1;

  /** Evaluations and the call for the weights come between two steps. */
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
  const collect = (key: Key): Disorder | null => {
    const misplaced = betweenSteps(key) ?? (collectedStep === key.step ? 'repeated' : null);
    if (misplaced === null) collectedStep = key.step;
    return misplaced;
  };

  return (key) => {
    if (key.kind === 'activation') return forward.accept(key);
    if (key.kind === 'eval') return evaluate(key);
    return key.kind === 'collect' ? collect(key) : backward[key.kind].accept(key);
  };
}
