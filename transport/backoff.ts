// How long to wait before the next attempt to connect: exponential, with full jitter, so that a whole
// fleet whose broker comes back does not fall upon it in the same instant.

export interface BackoffOptions {
  readonly minMs: number;
  readonly maxMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface Backoff {
  /** Uniform between nothing and `min(maxMs, minMs * 2^attempts)`. */
  nextMs(): number;
  reset(): void;
}

export function createBackoff({ minMs, maxMs, random }: BackoffOptions): Backoff {
  let attempts = 0;
  return {
    nextMs: () => random() * Math.min(maxMs, minMs * 2 ** attempts++),
    reset() {
      attempts = 0;
    },
  };
}
