// What is done about a run in which nothing moves: boards are asked whether they are there, and frames that may have been
// lost with the connection are given up. It knows when the connection was lost, and who does not answer.

import type { PlanEntry } from '../../protocol/assignment.js';
import type { Topics } from '../../protocol/topics.js';
import type { Transport } from '../../transport/transport.js';
import { silentBoards } from '../assign-boards.js';
import { boardLost, framesLost, stalled } from '../faults.js';
import { ProgressWatch } from '../progress-watch.js';
import type { RunRecord } from '../run-record.js';
import type { Regrouping } from './regrouping.js';

export interface SilenceOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  readonly record: RunRecord;
  readonly regrouping: Regrouping;
  /** Before a step was measured. */
  predictedStepMs(): number;
  /** Whether anything is still expected of that board. */
  countsOn(entry: PlanEntry): boolean;
  /** Something is lost. */
  onLost(cause: Error): void;
  /** Everybody is there, and yet nothing moves. */
  onStalled(cause: Error): void;
  /** Aborted when the run is over. */
  readonly signal: AbortSignal;
}

/** Of which frames travel at a time: `async` begins a step while the one before is on its way back. */
const MOST_STEPS_UNDER_WAY = 2;

export class Silence {
  private readonly watch: ProgressWatch;
  /** Where the run was when the connection to the broker was lost: frames on their way may be gone with it. */
  private doubtedStep: number | null = null;

  constructor(private readonly options: SilenceOptions) {
    const { record, predictedStepMs } = options;
    this.watch = new ProgressWatch({
      stepMs: () => record.dilation * (record.progress.stepMs || predictedStepMs()),
      isInDoubt: () => this.isInDoubt,
      onOverdue: () => void this.lookForSilent(),
      onStall: (ms) => this.onStall(ms),
      nowMs: () => performance.now(),
    });
  }

  /** Something came back: the silence is over. */
  moved(): void {
    this.watch.moved();
  }

  /** A generation has begun, whose frames are all to come. */
  begin(): void {
    this.doubtedStep = null;
  }

  /** Frames that were on their way through the broker do not come again: what stands still afterwards has lost some. */
  onConnection(connected: boolean): void {
    if (connected) this.watch.moved();
    else this.doubtedStep ??= this.options.record.progress.step;
  }

  close(): void {
    this.watch.close();
  }

  /** Slow boards answer, and are waited for. */
  private async lookForSilent(): Promise<void> {
    const { record, regrouping, onLost } = this.options;
    const { generation } = record;
    if (!record.is('running') && !record.is('collecting')) return;
    if (!regrouping.isConnected) return;
    if (this.isInDoubt) return onLost(framesLost());
    const silent = await this.silent();
    const [first] = silent;
    if (first === undefined || generation !== record.generation) return;
    for (const { agent } of silent) regrouping.onSilent(agent);
    onLost(boardLost(first, 'silent', record.progress.step));
  }

  private silent(): Promise<PlanEntry[]> {
    const { transport, topics, record, countsOn, signal } = this.options;
    return silentBoards(transport, topics, record.plan.filter(countsOn), signal);
  }

  /** Steps under way when the connection was lost are the only ones that can lack a frame. */
  private get isInDoubt(): boolean {
    return this.doubtedStep !== null && this.options.record.progress.step <= this.doubtedStep + MOST_STEPS_UNDER_WAY;
  }

  private onStall(silentMs: number): void {
    const { record, onStalled } = this.options;
    if (record.is('paused') || record.is('planning') || record.is('recovering')) this.watch.moved();
    else onStalled(stalled(silentMs, record.figures()));
  }
}
