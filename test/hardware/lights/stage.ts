// A stage for lamps: a clock that the test turns, and lamps whose writes it waits for.

import type { Lamp } from '../../../hardware/lights/lamp.js';
import { turnedClock } from '../../transport/turned-clock.js';

export interface Stage {
  readonly clock: ReturnType<typeof turnedClock>;
  /** The same lamp; what it writes is waited for. */
  attend(lamp: Lamp): Lamp;
  /** Lets so much time pass in short steps, waiting for what is written in each. */
  pass(ms: number): Promise<void>;
  /** The same while waiting for something that needs it. */
  passUntil(promise: Promise<unknown>): Promise<void>;
}

const STEP_MS = 5;

export function createStage(): Stage {
  const clock = turnedClock();
  const writes = new Set<Promise<void>>();
  const settle = async () => {
    do {
      await Promise.allSettled(writes);
      await new Promise(setImmediate); // what the player does once a write has ended
    } while (writes.size > 0);
  };
  const attended = (work: Promise<void>): Promise<void> => {
    writes.add(work);
    const done = () => writes.delete(work);
    work.then(done, done);
    return work;
  };
  const step = async () => {
    clock.turnTo(clock.nowMs() + STEP_MS);
    await settle();
  };
  return {
    clock,
    attend: (lamp) => ({
      name: lamp.name,
      set: (lit) => attended(lamp.set(lit)),
      close: () => attended(lamp.close()),
      putOut: () => lamp.putOut(),
    }),
    pass: async (ms) => {
      await settle();
      const endMs = clock.nowMs() + ms;
      while (clock.nowMs() < endMs) await step();
    },
    passUntil: async (promise) => {
      let isDone = false;
      promise.finally(() => {
        isDone = true;
      });
      while (!isDone) await step();
    },
  };
}

export interface FakeLamp extends Lamp {
  /** When it changed, by the clock, and to what. */
  readonly changes: readonly { readonly ms: number; readonly lit: boolean }[];
  readonly isLit: boolean;
}

export function fakeLamp(name: string, nowMs: () => number): FakeLamp {
  const changes: { ms: number; lit: boolean }[] = [];
  const put = (lit: boolean): void => {
    changes.push({ ms: nowMs(), lit });
  };
  return {
    name,
    changes,
    get isLit() {
      return changes.at(-1)?.lit ?? false;
    },
    set: async (lit) => put(lit),
    close: async () => put(false),
    putOut: () => put(false),
  };
}
