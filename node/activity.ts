// What the compute thread does, readable by the main thread at any moment without a message: seconds and
// how often by phase, and the phase under way, in shared memory. Only the compute thread writes.

import type { Cost } from '../compute/cost.js';
import { PHASES, type Phase } from '../protocol/phases.js';

export type BusyPhase = Exclude<Phase, 'idle'>;
export type ByBusyPhase = { readonly [Name in BusyPhase]: number };

const BUSY = PHASES.filter((phase): phase is BusyPhase => phase !== 'idle');

// One cell of seconds for each phase, one of how often, and behind them single ones.
const COUNTS = PHASES.length;
const CURRENT = 2 * PHASES.length;
const LAG_MS = CURRENT + 1;
const IN_VAIN_MS = CURRENT + 2;
const GRADIENTS = CURRENT + 3;
const STALENESS_SUM = CURRENT + 4;
const STALENESS_MAX = CURRENT + 5;
const TAKEN_IN = CURRENT + 6;
const OVERDUE = CURRENT + 7;
const CELLS = CURRENT + 8;

export class Activity {
  private readonly cells: Float64Array;

  constructor(readonly memory = new SharedArrayBuffer(CELLS * Float64Array.BYTES_PER_ELEMENT)) {
    this.cells = new Float64Array(memory);
  }

  /**
   * Runs `work` and books its time.
   * @param _cost what it costs on paper, which only an emulated board looks at
   */
  during<Result>(phase: BusyPhase, work: () => Result, _cost?: Cost): Result {
    const startMs = performance.now();
    return this.booking(phase, work, () => performance.now() - startMs);
  }

  /** Runs `work`, and books as many milliseconds as `ended` then says. */
  booking<Result>(phase: BusyPhase, work: () => Result, ended: () => number): Result {
    const index = PHASES.indexOf(phase);
    this.cells[CURRENT] = index;
    try {
      return work();
    } finally {
      this.add(index, ended() / 1000);
      this.add(COUNTS + index, 1);
      this.cells[CURRENT] = 0;
    }
  }

  /** Emulated: this computer is so much behind the board. */
  wasBehind(lagMs: number): void {
    this.cells[LAG_MS] = Math.max(this.at(LAG_MS), lagMs);
  }

  /** Emulated: so long the board did nothing, because this computer had not brought what was there already. */
  idledInVain(ms: number): void {
    this.add(IN_VAIN_MS, ms);
  }

  /** Emulated: a message, which was there before the board chose to do what it is at, or not. */
  tookIn(isOverdue: boolean): void {
    this.add(TAKEN_IN, 1);
    if (isOverdue) this.add(OVERDUE, 1);
  }

  /** @param staleness updates that the weights had seen since those that the gradient was taken at */
  tookGradient(staleness: number): void {
    this.add(GRADIENTS, 1);
    this.add(STALENESS_SUM, staleness);
    this.cells[STALENESS_MAX] = Math.max(this.at(STALENESS_MAX), staleness);
  }

  get phase(): Phase {
    return PHASES[this.at(CURRENT)] ?? 'idle';
  }

  /** Seconds spent in each phase so far. */
  get seconds(): ByBusyPhase {
    return this.byPhase(0);
  }

  /** How often each phase was done so far. */
  get counts(): ByBusyPhase {
    return this.byPhase(COUNTS);
  }

  get busySeconds(): number {
    return Object.values(this.seconds).reduce((sum, seconds) => sum + seconds, 0);
  }

  /** Emulated: by how much this computer was ever behind the board. */
  get lagMs(): number {
    return this.at(LAG_MS);
  }

  /** Emulated: how long the board waited for this computer instead of for others. */
  get inVainMs(): number {
    return this.at(IN_VAIN_MS);
  }

  /** Emulated: the share of messages that the board had chosen without. */
  get overdueShare(): number {
    return this.at(OVERDUE) / Math.max(1, this.at(TAKEN_IN));
  }

  /** Null before the first gradient. */
  get staleness(): { mean: number; max: number; gradients: number } | null {
    const gradients = this.at(GRADIENTS);
    if (gradients === 0) return null;
    return { mean: this.at(STALENESS_SUM) / gradients, max: this.at(STALENESS_MAX), gradients };
  }

  private byPhase(first: number): ByBusyPhase {
    return Object.fromEntries(BUSY.map((phase) => [phase, this.at(first + PHASES.indexOf(phase))])) as ByBusyPhase;
  }

  private at(cell: number): number {
    return this.cells[cell] as number;
  }

  private add(cell: number, amount: number): void {
    this.cells[cell] = this.at(cell) + amount;
  }
}
