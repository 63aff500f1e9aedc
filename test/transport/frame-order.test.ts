// Which frame is due: the order that neighbours keep, and nothing else, is let in.

import { expect } from 'chai';
import fc from 'fast-check';
import type { FrameKey } from '../../protocol/frame.js';
import { ringOrder, starOrder } from '../../transport/frame-order.js';

type Key = Pick<FrameKey, 'kind' | 'step' | 'micro'>;

/** What a position receives in a run of `steps` steps: an evaluation after each, the call for the weights last. */
function runOf(steps: number, microBatches: number, evaluations: number): Key[] {
  const keys: Key[] = [];
  for (let step = 0; step < steps; step++) {
    for (let micro = 0; micro < microBatches; micro++) keys.push({ kind: 'activation', step, micro });
    for (let micro = 0; micro < microBatches; micro++) keys.push({ kind: 'gradient', step, micro });
    for (let micro = 0; micro < evaluations; micro++) keys.push({ kind: 'eval', step: step + 1, micro });
  }
  return [...keys, { kind: 'collect', step: steps, micro: 0 }];
}

const small = fc.integer({ min: 1, max: 4 });
const anyKey = fc.record({
  kind: fc.constantFrom('activation', 'gradient', 'eval', 'collect', 'done'),
  step: fc.nat(5),
  micro: fc.nat(5),
});

describe('the order of frames', () => {
  it('lets a whole run through', () => {
    fc.assert(
      fc.property(small, small, small, (steps, microBatches, evaluations) => {
        const check = ringOrder(microBatches);
        for (const key of runOf(steps, microBatches, evaluations)) expect(check(key)).to.equal(null);
      }),
    );
  });

  it('lets nothing else through between, and is not led astray by it', () => {
    fc.assert(
      fc.property(
        small,
        small,
        small,
        fc.array(anyKey, { maxLength: 40 }),
        (steps, microBatches, evaluations, strangers) => {
          const check = ringOrder(microBatches);
          const own = runOf(steps, microBatches, evaluations);
          const isOwn = ({ kind, step, micro }: Key) =>
            own.some((key) => key.kind === kind && key.step === step && key.micro === micro);
          const foreign = strangers.filter(
            (key) => key.kind !== 'done' && !isOwn(key) && !mayFollow(key, steps, evaluations),
          );
          for (const key of own) {
            for (const stranger of foreign) expect(check(stranger)).to.not.equal(null);
            expect(check(key)).to.equal(null);
            expect(check(key), 'a second time').to.equal('repeated');
          }
        },
      ),
    );
  });

  it('counts what comes too early as unexpected, and what comes late as repeated', () => {
    const check = ringOrder(2);
    expect(check({ kind: 'activation', step: 0, micro: 1 })).to.equal('unexpected');
    expect(check({ kind: 'activation', step: 0, micro: 0 })).to.equal(null);
    expect(check({ kind: 'eval', step: 0, micro: 0 })).to.equal('unexpected');
    expect(check({ kind: 'activation', step: 0, micro: 1 })).to.equal(null);
    expect(check({ kind: 'activation', step: 0, micro: 1 })).to.equal('repeated');
    expect(check({ kind: 'eval', step: 0, micro: 0 })).to.equal('repeated');
    expect(check({ kind: 'collect', step: 1, micro: 0 })).to.equal(null);
  });
});

/** How many micro-batches an evaluation has, and which step is the last, only the master knows. */
function mayFollow({ kind, step, micro }: Key, steps: number, evaluations: number): boolean {
  if (kind === 'eval') return step <= steps && micro >= 0 && (step === 0 || micro >= evaluations);
  return kind === 'collect' ? step <= steps : step >= steps;
}

describe('the order of frames in a star', () => {
  const aClock = fc.integer({ min: 1, max: 5 });

  /** Frames of clocks of so many local steps, which say so where they are fewer than 5. */
  function dataOf(clocks: readonly number[]): FrameKey[] {
    const key = { run: 'r', generation: 0, kind: 'activation' } as const;
    return clocks.flatMap((localSteps, step) =>
      Array.from({ length: localSteps }, (_, micro) => {
        return { ...key, step, micro, ...(localSteps < 5 && { localSteps }) };
      }),
    );
  }

  it('lets clocks of fewer local steps through, and sees what is missing or repeated in them', () => {
    fc.assert(
      fc.property(fc.array(aClock, { maxLength: 8 }), (clocks) => {
        const order = starOrder({ activation: 5, targets: 5, parameters: 2 });
        const due = dataOf(clocks);
        for (const [at, key] of due.entries()) {
          const later = due[at + 1];
          if (later) expect(order(later, 0)).to.equal('unexpected');
          expect(order(key, 0)).to.equal(null);
          expect(order(key, 0)).to.equal('repeated');
        }
      }),
    );
  });

  it('believes no clock that is longer than the run has them, or without steps', () => {
    const order = starOrder({ activation: 5 });
    for (const localSteps of [0, 6]) {
      expect(order({ kind: 'activation', step: 0, micro: 0, localSteps }, 0)).to.equal('unexpected');
    }
  });

  it('counts pieces of parameters, whatever the local steps of their clock', () => {
    const order = starOrder({ parameters: 2 });
    for (const micro of [0, 1]) expect(order({ kind: 'parameters', step: 0, micro, localSteps: 1 }, 0)).to.equal(null);
    expect(order({ kind: 'parameters', step: 1, micro: 0 }, 0)).to.equal(null);
  });
});
