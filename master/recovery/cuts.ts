// The cuts of a run: when the next is due, who has kept its part, which are committed. A cut counts once every stage's
// snapshot lies on two disks: its own board's, and its clockwise neighbour's. A star's lies on the server's.

import type { PlanEntry, SnapshotEntry } from '../../protocol/assignment.js';
import type { Mode } from '../../protocol/run-spec.js';
import { clockwise } from '../../protocol/topics.js';
import type { CutRule } from './cut-interval.js';
import { type Cut, stagesOf } from './holdings.js';

export interface CutsOptions {
  readonly rule: CutRule;
  readonly mode: Mode;
  readonly nowMs: () => number;
  /** Those that are committed already: of a run that goes on. */
  readonly committed?: readonly Cut[];
  /** Writes it down: the cut counts once that is done. */
  readonly commit: (cut: Cut, costMs: number) => Promise<void>;
  /** It counts. */
  readonly onCommitted: () => void;
}

interface Pending {
  /** All have kept their parts: it waits for the journal alone. */
  isWhole: boolean;
  /** What was told of it may have been lost. */
  isDoubted: boolean;
  readonly step: number;
  readonly beganMs: number;
  /** Of each stage with parameters: the positions that have not kept it yet. */
  readonly missing: Map<string, Set<number>>;
  readonly snapshots: Map<string, SnapshotEntry>;
}

/** That a position has kept its part may be told in vain: a cut that takes that much longer than the last one never comes. */
const GIVEN_UP = { leastMs: 60_000, costs: 10 };

/** So many are kept, in case that the newest cannot be read. */
export const CUTS_KEPT = 2;

export class Cuts {
  private readonly kept: Cut[];
  private pending: Pending | null = null;
  private plan: readonly PlanEntry[] = [];
  private lastMs: number;
  private lastStep = 0;
  private costMs: number | null = null;
  private isAsked = false;
  /** Since the last one that was committed. */
  private givenUp = 0;

  constructor(private readonly options: CutsOptions) {
    this.kept = [...(options.committed ?? [])];
    this.lastMs = options.nowMs();
  }

  /** The newest last. */
  get committed(): readonly Cut[] {
    return this.kept;
  }

  /** A generation begins: what was pending is of the one before, and never comes. */
  begin(plan: readonly PlanEntry[], step: number): void {
    this.plan = plan;
    this.pending = null;
    this.givenUp = 0;
    this.kept.splice(0, this.kept.length, ...this.kept.filter((cut) => cut.step <= step));
    this.lastStep = step;
    this.lastMs = this.options.nowMs();
  }

  /** At the next boundary between two steps, whatever the rule says. */
  ask(): void {
    this.isAsked = true;
  }

  /** The connection to the broker was lost, or is back: what was told of a cut meanwhile may be gone. */
  onConnection(): void {
    if (this.pending) this.pending.isDoubted = true;
  }

  /**
   * Asked at each boundary between two steps; true begins a cut there. Never two at once, unless the one before is given
   * up: what still comes of it is told apart by its step.
   */
  isDue(step: number): boolean {
    const { pending, options } = this;
    const isAwaited = pending !== null && !this.isGivenUp(pending);
    if (isAwaited || step <= this.lastStep || !(this.isAsked || this.isTime(step))) return false;
    this.isAsked = false;
    if (pending) this.givenUp++;
    this.pending = {
      ...{ step, isWhole: false, isDoubted: false, beganMs: options.nowMs() },
      ...{ missing: this.expected(), snapshots: new Map() },
    };
    return true;
  }

  /** A position has it on its disk: its own, or its neighbour's. Whatever belongs to no pending cut is ignored. */
  keep(position: number, snapshot: SnapshotEntry): void {
    const { pending } = this;
    const stage = stageOf(snapshot);
    if (pending?.step !== snapshot.step || !pending.missing.get(stage)?.delete(position)) return;
    const other = pending.snapshots.get(stage);
    // Two that should be the same are not: neither counts.
    if (other !== undefined && other.sha256 !== snapshot.sha256) this.pending = null;
    pending.snapshots.set(stage, snapshot);
    pending.isWhole = [...pending.missing.values()].every(({ size }) => size === 0);
    if (this.pending && pending.isWhole) {
      this.commit(pending).catch(() => this.forget(pending)); // the run's folder tells; the next one may be kept
    }
  }

  /** Once for each that counts: boards keep three steps, and a third that does not count would push the newest that does out. */
  private isGivenUp({ beganMs, isWhole, isDoubted }: Pending): boolean {
    const { nowMs } = this.options;
    const patienceMs = Math.max(GIVEN_UP.leastMs, GIVEN_UP.costs * (this.costMs ?? 0));
    return !isWhole && this.givenUp === 0 && (isDoubted || nowMs() - beganMs > patienceMs);
  }

  private forget(pending: Pending): void {
    if (this.pending === pending) this.pending = null;
  }

  private isTime(step: number): boolean {
    const { rule, nowMs } = this.options;
    if (rule.everySteps !== null) return step - this.lastStep >= rule.everySteps;
    return nowMs() - this.lastMs >= rule.everyMs(this.costMs);
  }

  private expected(): Map<string, Set<number>> {
    const { mode } = this.options;
    const workers = this.plan.length - 1;
    const keepersOf = (position: number) => (mode === 'star' ? [position] : [position, clockwise(position, workers)]);
    return new Map(stagesOf(mode, this.plan).map((entry) => [stageOf(entry), new Set(keepersOf(entry.position))]));
  }

  private async commit(pending: Pending): Promise<void> {
    const { nowMs, commit, onCommitted } = this.options;
    const { step, beganMs, snapshots } = pending;
    const agents = this.plan.map(({ agent }) => agent);
    const cut = { step, agents, snapshots: [...snapshots.values()].toSorted((a, b) => a.firstLayer - b.firstLayer) };
    this.costMs = nowMs() - beganMs;
    await commit(cut, this.costMs);
    if (this.pending !== pending) return; // another generation has begun meanwhile
    this.pending = null;
    this.givenUp = 0;
    this.lastMs = nowMs();
    this.lastStep = step;
    this.kept.push(cut);
    this.kept.splice(0, this.kept.length - CUTS_KEPT);
    onCommitted();
  }
}

function stageOf({ firstLayer, endLayer }: Pick<PlanEntry, 'firstLayer' | 'endLayer'>): string {
  return `${firstLayer}-${endLayer}`;
}
