// What the compute thread does, readable by the main thread at any moment without a message: seconds and
// how often by phase, and the phase under way, in shared memory. Only the compute thread writes.

import { PHASES, type Phase } from '../protocol/phases.js';

// One cell of seconds for each phase, one of how often, and behind them the phase under way.
const COUNTS = PHASES.length;
const CURRENT = 2 * PHASES.length;

export class Activity {
  private readonly cells: Float64Array;

  constructor(readonly memory = new SharedArrayBuffer((CURRENT + 1) * Float64Array.BYTES_PER_ELEMENT)) {
    this.cells = new Float64Array(memory);
  }

  /** Runs `work` and books its time. */
  during<Result>(phase: Exclude<Phase, 'idle'>, work: () => Result): Result {
    const index = PHASES.indexOf(phase);
    this.cells[CURRENT] = index;
    const startMs = performance.now();
    try {
      return work();
    } finally {
      this.cells[index] = (this.cells[index] as number) + (performance.now() - startMs) / 1000;
      this.cells[COUNTS + index] = (this.cells[COUNTS + index] as number) + 1;
      this.cells[CURRENT] = 0;
    }
  }

  get phase(): Phase {
    return PHASES[this.cells[CURRENT] as number] ?? 'idle';
  }

  /** Seconds spent in each phase so far. */
  get seconds(): { forward: number; backward: number; update: number } {
    const [, forward = 0, backward = 0, update = 0] = this.cells;
    return { forward, backward, update };
  }

  /** How often each phase was done so far. */
  get counts(): { forward: number; backward: number; update: number } {
    const [, forward = 0, backward = 0, update = 0] = this.cells.subarray(COUNTS);
    return { forward, backward, update };
  }

  get busySeconds(): number {
    const { forward, backward, update } = this.seconds;
    return forward + backward + update;
  }
}
