// Whether a run goes on or stands still though nothing is lost: its operator holds it up, or a disk that takes no more.
// No step more than what can be kept of it.

import { CommandError } from '../errors.js';
import type { Drive } from './drive.js';
import type { Asked } from './recovery/run-history.js';
import type { RunRecord } from './run-record.js';
import type { StatusPublisher } from './status-publisher.js';

export interface StopAndGoOptions {
  readonly record: RunRecord;
  readonly publisher: StatusPublisher;
  /** Of the master before this one, by the run's operator. */
  readonly asked: Asked | null;
  /** Of the generation that is on, if any. */
  drive(): Drive | null;
  /** Told when it goes on after it has stood still. */
  onGoing(): void;
}

export class StopAndGo {
  private stopping: boolean;
  private byOperator: boolean;
  /** What the disk says that does not take the run's own files. */
  private byFolder: string | null = null;
  /** What a disk says that does not take a snapshot. */
  private bySnapshot: string | null = null;

  constructor(private readonly options: StopAndGoOptions) {
    this.stopping = options.asked === 'stop';
    this.byOperator = options.asked === 'pause';
  }

  pause(): void {
    this.require('running', 'pause');
    this.options.record.asked('pause');
    this.byOperator = true;
    this.follow();
  }

  /** The operator's word counts for more than a disk's. */
  resume(): void {
    this.require('paused', 'resume');
    this.options.record.asked('resume');
    this.lift();
  }

  /** After the step under way. */
  stop(): void {
    this.options.record.asked('stop');
    this.stopping = true;
    this.lift();
  }

  get isStopping(): boolean {
    return this.stopping;
  }

  /** @param trouble null: the disk takes the run's files again */
  onFolder(trouble: string | null): void {
    this.byFolder = trouble;
    this.follow();
  }

  /** The position tries again until its disk takes it. */
  onSnapshot(trouble: string): void {
    if (!this.options.record.is('running')) return;
    this.bySnapshot = trouble;
    this.follow();
  }

  /** All that were to be kept are. */
  onCut(): void {
    this.bySnapshot = null;
    this.follow();
  }

  /** A generation has begun; a snapshot that a disk did not take is of the one before, and waits for room no more. */
  begin(): void {
    this.bySnapshot = null;
    this.goOn();
  }

  private lift(): void {
    this.byOperator = false;
    this.byFolder = this.bySnapshot = null;
    this.follow();
  }

  private get isHeld(): boolean {
    return this.byOperator || this.note !== null;
  }

  /** What has to be done about it; null where the operator knows. */
  private get note(): string | null {
    return this.byFolder ?? this.bySnapshot;
  }

  private follow(): void {
    const { record, drive } = this.options;
    const [isRunning, isPaused] = [record.is('running'), record.is('paused')];
    if (isPaused && !this.isHeld) this.goOn();
    if (!this.isHeld || !(isRunning || isPaused)) return;
    drive()?.pause();
    record.note = this.note;
    if (isRunning) this.enter('paused');
  }

  private goOn(): void {
    const { record, drive, onGoing } = this.options;
    record.note = this.note;
    record.progress.skipTime();
    onGoing();
    this.enter(this.isHeld ? 'paused' : 'running');
    if (!this.isHeld) drive()?.resume();
  }

  private enter(state: 'running' | 'paused'): void {
    this.options.record.enter(state);
    this.options.publisher.stateChanged();
  }

  private require(state: 'running' | 'paused', verb: string): void {
    const { record } = this.options;
    if (record.is(state) && !this.stopping) return;
    throw new CommandError(`cannot ${verb} run ${record.name}, which is ${record.status().state}`);
  }
}
