// A run on the fleet, from its plan to its model: planning, running, paused, collecting, and one of
// finished, stopped or failed. It reacts to what its own node and the boards report.

import { CommandError, RunError, reportOf } from '../errors.js';
import { peakRssBytes } from '../hardware/board.js';
import type { BoardFigures } from '../protocol/messages.js';
import type { NodeFigures } from '../protocol/node-figures.js';
import type { Mode } from '../protocol/run-spec.js';
import { MASTER_ID } from '../protocol/topics.js';
import { openFileInbox } from '../transport/file-inbox.js';
import { openedUnlessEnded, unlessEnded } from '../transport/request-client.js';
import type { Subscription } from '../transport/transport.js';
import { assignBoards, releaseBoards } from './assign-boards.js';
import { type BoardEnergies, openBoardEnergies } from './board-energies.js';
import type { Drive, DriveEvents, MasterResources, OpenDrive } from './drive.js';
import { type BoardFault, boardLost, faultIn, stalled, warningIn } from './faults.js';
import type { LostBoard } from './fleet-registry.js';
import type { Logger } from './master.js';
import { modelFile } from './model-file.js';
import { type Plan, predictedStepMs } from './planner.js';
import { ProgressWatch } from './progress-watch.js';
import { openRingDrive } from './ring-drive.js';
import type { RunRecord } from './run-record.js';
import { openStarDrive } from './star-drive.js';
import { StatusPublisher } from './status-publisher.js';
import { WeightsCollection } from './weights-collection.js';

export interface RunOptions extends MasterResources {
  readonly record: RunRecord;
  readonly plan: Plan;
  readonly log: Logger;
  /** Told once, when the run has ended and let go of everything. */
  readonly onEnd: () => void;
}

const DRIVES: Readonly<Record<Mode, OpenDrive>> = { ring: openRingDrive, star: openStarDrive };

export class Run {
  private readonly publisher: StatusPublisher;
  private readonly watch: ProgressWatch;
  private readonly collection: WeightsCollection;
  private drive: Drive | null = null;
  private events: Subscription | null = null;
  private files: Subscription | null = null;
  private energies: BoardEnergies | null = null;
  private isStopping = false;
  private opening: Promise<void> = Promise.resolve();
  private ending: Promise<void> | null = null;
  private readonly giveUp = new AbortController();
  private readonly lost = new Set<string>();

  constructor(private readonly options: RunOptions) {
    const { record, plan, transport, topics } = options;
    record.plan = plan.entries;
    record.folder.journal({ type: 'planned', engine: record.spec.engine, plan: plan.entries, windows: plan.windows });
    this.publisher = new StatusPublisher(transport, topics, record);
    this.watch = new ProgressWatch(
      () => record.dilation * (record.progress.stepMs || predictedStepMs(plan, record.spec.training.microBatches)),
      (ms) => this.onStall(ms),
      () => performance.now(),
    );
    // The server of a star has them all.
    const positions = record.spec.mode === 'star' ? 1 : plan.entries.length;
    this.collection = new WeightsCollection(positions, (files) => void this.save(files));
    record.folder.onError = (error) => void this.end('failed', error);
  }

  get record(): RunRecord {
    return this.options.record;
  }

  /** Builds all stages and begins to stream; when that fails the run is failed and the error thrown. */
  async start(): Promise<void> {
    this.opening = this.open();
    try {
      await this.opening;
    } catch (error) {
      await this.end('failed', error);
      throw error;
    }
  }

  pause(): void {
    this.require('running', 'pause');
    this.drive?.pause();
    this.enter('paused');
  }

  resume(): void {
    this.require('paused', 'resume');
    this.goOn();
  }

  /** After the step under way; the weights are saved as they are then. */
  stop(): void {
    if (this.record.isFinal) throw new CommandError(`run ${this.record.name} has ended already`);
    this.isStopping = true;
    if (this.record.is('paused')) this.goOn();
  }

  /** @param lost a board that vanished, or forgot what it held */
  onBoardLost({ agent: lost, reason }: LostBoard): void {
    const entry = this.record.plan.find(({ agent, position }) => position > 0 && agent === lost);
    if (entry === undefined || this.record.isFinal) return;
    this.lost.add(lost);
    if (this.drive?.onBoardLost(entry)) return;
    void this.end('failed', boardLost(entry, reason, this.record.progress.step));
  }

  /** Resolves when the run has ended and everything is let go. */
  async close(): Promise<void> {
    if (this.ending === null) await this.end('failed', new RunError('the master was stopped'));
    await this.ending;
  }

  /** Whatever ends the run meanwhile, a lost board or the master's close, also ends this. */
  private async open(): Promise<void> {
    const { record, plan, transport, topics, links } = this.options;
    const { signal } = this.giveUp;
    await unlessEnded(this.publisher.publish(), signal); // first the plan: access control at the broker follows from it
    const events = transport.subscribe(topics.runEvents(record.name), (_, payload) => this.onEvent(payload), 1);
    this.events = await openedUnlessEnded(events, signal);
    const energies = await openedUnlessEnded(openBoardEnergies(transport, topics, record), signal);
    this.energies = energies;
    record.boardEnergies = () => energies.list();
    this.files = await openedUnlessEnded(this.openFiles(), signal);
    const open = DRIVES[record.spec.mode];
    const isStopping = () => this.isStopping;
    const drive = await openedUnlessEnded(open({ ...this.options, events: this.driveEvents(), isStopping }), signal);
    this.drive = drive;
    record.progress.begin();
    record.figures = () => drive.figures();
    record.clockMs = () => drive.nowMs();
    await assignBoards(transport, topics, record, plan, links, signal);
    signal.throwIfAborted();
    this.goOn();
  }

  private openFiles(): Promise<Subscription> {
    const { record, plan, transport, topics } = this.options;
    const { name: run, generation } = record;
    return openFileInbox({
      transport,
      topics,
      place: { run, generation, position: 0, workers: plan.entries.length - 1 },
      onChunk: () => this.watch.moved(),
      onFile: (key, file) => this.collection.take(key, file),
    });
  }

  private goOn(): void {
    this.record.progress.skipTime();
    this.watch.moved();
    this.enter('running');
    this.drive?.resume();
  }

  private driveEvents(): DriveEvents {
    const { record, publisher } = this;
    return {
      onMoved: () => this.watch.moved(),
      onLoss: (step, lossSum) => record.progress.addLoss(step, lossSum),
      onStep: (step, together) => publisher.metrics(record.completeStep(step, together)),
      onEvaluated: (part) => {
        const result = record.addEvaluated(part);
        if (result) publisher.event({ type: 'evaluated', evaluation: result });
      },
      // The call for the weights has come round: every position has sent its own.
      onWeights: (file) => {
        this.enter('collecting');
        this.collection.add(0, file);
      },
      onWarning: (error, position) => publisher.event({ type: 'warning', position, error: reportOf(error) }),
      onFailure: (error) => void this.end('failed', error),
    };
  }

  private async save(files: Uint8Array[]): Promise<void> {
    const { record } = this;
    try {
      await record.folder.saveModel(modelFile(record, files));
    } catch (error) {
      return this.end('failed', error);
    }
    return this.end(record.progress.step < record.batches.steps ? 'stopped' : 'finished');
  }

  private onEvent(payload: Uint8Array): void {
    const fault = faultIn(payload);
    if (fault && !this.isBorne(fault)) void this.end('failed', fault.error);
    const warning = warningIn(payload);
    if (warning && this.record.addWarning(warning))
      this.options.log.warn({ run: this.record.name, ...warning }, 'a board warns');
  }

  private isBorne({ position, error }: BoardFault): boolean {
    const entry = this.record.plan.find((each) => each.position > 0 && each.position === position);
    return entry !== undefined && (this.drive?.onBoardLost(entry, error.code) ?? false);
  }

  private onStall(silentMs: number): void {
    if (this.record.is('paused') || this.record.is('planning')) this.watch.moved();
    else void this.end('failed', stalled(silentMs, this.record.figures()));
  }

  private enter(state: 'running' | 'paused' | 'collecting'): void {
    this.record.enter(state);
    this.publisher.stateChanged();
  }

  private require(state: 'running' | 'paused', verb: string): void {
    if (this.record.is(state) && !this.isStopping) return;
    throw new CommandError(`cannot ${verb} run ${this.record.name}, which is ${this.record.status().state}`);
  }

  private end(state: 'finished' | 'stopped' | 'failed', error?: unknown): Promise<void> {
    this.ending ??= this.letGo(state, error);
    return this.ending;
  }

  private async letGo(state: 'finished' | 'stopped' | 'failed', error?: unknown): Promise<void> {
    const { record, transport, topics } = this.options;
    this.watch.close();
    this.publisher.fallSilent();
    this.giveUp.abort(error ?? new RunError('the run has ended'));
    await this.opening.catch(() => {}); // `start` tells
    const figures = record.figures();
    record.figures = () => figures;
    await this.drive?.close();
    const boards = await releaseBoards(transport, topics, record, this.lost);
    await record.keepFigures([ownFigures(figures), ...boards]).catch((cause) => record.folder.onError(cause));
    record.enter(state, error);
    await record.folder.close();
    await this.publisher.close();
    await this.events?.close();
    await this.energies?.close();
    await this.files?.close();
    this.options.onEnd();
  }
}

function ownFigures(figures: NodeFigures | null): BoardFigures {
  const rssBytes = process.memoryUsage.rss();
  return { position: 0, agent: MASTER_ID, figures, rssBytes, peakRssBytes: peakRssBytes() };
}
