// The time that patterns are played by: the computer's, or one that a test turns.

export interface LightClock {
  nowMs(): number;
  /** @returns what cancels it */
  at(ms: number, ring: () => void): () => void;
}

/** A light alone keeps no process alive. */
export const LIGHT_CLOCK: LightClock = {
  nowMs: () => performance.now(),
  at: (ms, ring) => {
    const timer = setTimeout(ring, Math.max(0, ms - performance.now())).unref();
    return () => clearTimeout(timer);
  },
};
