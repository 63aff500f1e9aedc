// When silence is looked into, and when it becomes a stall: never before half a minute, never before twenty steps.

import { expect } from 'chai';
import { planRing, predictedStepMs } from '../../master/planner.js';
import { ProgressWatch } from '../../master/progress-watch.js';
import { smallRun, specOf } from '../support/specs.js';

/** Takes the place of the global timer while a watch is made, so that the test makes time pass. */
function openWatch(stepMs: number, doubt = { is: false }) {
  const clock = { ms: 0 };
  const stalls: number[] = [];
  const overdue: number[] = [];
  const timers = new Set<() => void>();
  const { setInterval, clearInterval } = globalThis;
  globalThis.setInterval = ((check: () => void) => {
    timers.add(check);
    return check;
  }) as unknown as typeof setInterval;
  globalThis.clearInterval = ((timer: () => void) => timers.delete(timer)) as unknown as typeof clearInterval;
  const watch = new ProgressWatch({
    stepMs: () => stepMs,
    isInDoubt: () => doubt.is,
    onOverdue: (silentMs) => overdue.push(silentMs),
    onStall: (silentMs) => stalls.push(silentMs),
    nowMs: () => clock.ms,
  });
  const close = watch.close.bind(watch);
  watch.close = () => {
    close();
    Object.assign(globalThis, { setInterval, clearInterval });
  };
  const passTo = (ms: number) => {
    clock.ms = ms;
    for (const check of timers) check();
  };
  return { watch, passTo, stalls, overdue, timers };
}

describe('progress watch', () => {
  const opened: ProgressWatch[] = [];
  afterEach(() => {
    for (const watch of opened.splice(0)) watch.close();
  });

  function open(stepMs: number, doubt?: { is: boolean }) {
    const bench = openWatch(stepMs, doubt);
    opened.push(bench.watch);
    return bench;
  }

  it('waits half a minute while no step is known', () => {
    const { passTo, stalls } = open(0);
    passTo(30_000);
    expect(stalls).to.deep.equal([]);
    passTo(30_001);
    expect(stalls).to.deep.equal([30_001]);
  });

  it('waits twenty steps of a slow run: slow is not dead', () => {
    const { passTo, stalls } = open(10_000);
    passTo(200_000);
    expect(stalls).to.deep.equal([]);
    passTo(200_001);
    expect(stalls).to.deep.equal([200_001]);
  });

  it('waits for the first step of a slow board as long as its plan predicts', () => {
    const { board, spec } = { board: { id: 'slow', gflops: 1e-6, memoryBytes: 1e9 }, spec: specOf(smallRun()) };
    const plan = planRing({ spec, inputShape: [4], boards: [board], master: null });
    const { passTo, stalls } = open(predictedStepMs(plan, spec.training.microBatches));
    passTo(60_000);
    expect(stalls).to.deep.equal([]);
  });

  it('has a silence looked into once, after three steps, or three seconds where steps are short', () => {
    for (const [stepMs, dueMs] of [
      [10, 3_000],
      [10_000, 30_000],
    ] as const) {
      const { watch, passTo, overdue } = open(stepMs);
      passTo(dueMs);
      expect(overdue).to.deep.equal([]);
      passTo(dueMs + 1);
      passTo(dueMs + 2);
      expect(overdue).to.deep.equal([dueMs + 1]);
      watch.moved();
      passTo(2 * dueMs + 4);
      expect(overdue).to.have.length(2);
      watch.close();
    }
  });

  it('has it looked into sooner where something is likely to be lost', () => {
    const doubt = { is: false };
    const { passTo, overdue } = open(10, doubt);
    passTo(2_000);
    expect(overdue).to.deep.equal([]);
    doubt.is = true;
    passTo(2_001);
    expect(overdue).to.deep.equal([2_001]);
  });

  it('begins anew with each move', () => {
    const { watch, passTo, stalls } = open(0);
    passTo(29_000);
    watch.moved();
    passTo(58_000);
    expect(stalls).to.deep.equal([]);
    passTo(59_001);
    expect(stalls).to.deep.equal([30_001]);
  });

  it('looks no more once it is closed', () => {
    const { watch, timers } = open(0);
    expect(timers.size).to.equal(1);
    watch.close();
    expect(timers.size).to.equal(0);
  });
});
