// A run on the fleet, from its plan to its model: planning, running, paused, collecting, and one of
// finished, stopped or failed. It reacts to what its own node and the boards report.

import type { BlasSettings } from '../compute/engines/blas-library.js';
import { CommandError, type ConnectionError, RunError, reportOf } from '../errors.js';
import { peakRssBytes } from '../hardware/board.js';
import { stageSpecOf } from '../node/assignment.js';
import type { Emulation } from '../node/emulation.js';
import { openRingPosition, type Report, type RingPosition } from '../node/ring.js';
import type { Neighbours } from '../protocol/links.js';
import type { BoardFigures, NodeFigures, PlanEntry } from '../protocol/messages.js';
import { MASTER_ID, type Topics } from '../protocol/topics.js';
import type { Inbox } from '../transport/inbox.js';
import { openedUnlessEnded, unlessEnded } from '../transport/request-client.js';
import type { DirectLinks } from '../transport/ring-links.js';
import type { Subscription, Transport } from '../transport/transport.js';
import { assignBoards, assignmentOf, releaseBoards } from './assign-boards.js';
import { boardLost, diverged, faultIn, stalled, warningIn } from './faults.js';
import type { LostBoard } from './fleet-registry.js';
import { itinerary } from './itinerary.js';
import type { Logger } from './master.js';
import { modelFile } from './model-file.js';
import { type Plan, predictedStepMs } from './planner.js';
import { ProgressWatch } from './progress-watch.js';
import { engineOfMaster } from './resolve-engine.js';
import { RingStream } from './ring-stream.js';
import type { RunRecord } from './run-record.js';
import { StatusPublisher } from './status-publisher.js';
import { WeightsCollection } from './weights-collection.js';

export interface RunOptions {
  readonly record: RunRecord;
  readonly plan: Plan;
  readonly transport: Transport;
  readonly topics: Topics;
  /** Cap on the memory of the master's own stage. */
  readonly memoryBytes: number;
  /** For that stage. */
  readonly blas: BlasSettings;
  /** Of the master's own links and stage. */
  readonly emulation?: Emulation | undefined;
  /** By position; null when all frames go through the fleet's broker. */
  readonly links: readonly Neighbours[] | null;
  /** The master's own, which takes frames from its neighbours. */
  readonly inbox: Inbox | null;
  readonly log: Logger;
  /** Told once, when the run has ended and let go of everything. */
  readonly onEnd: () => void;
}

export class Run {
  private readonly publisher: StatusPublisher;
  private readonly watch: ProgressWatch;
  private readonly collection: WeightsCollection;
  private ring: RingPosition | null = null;
  private stream: RingStream | null = null;
  private events: Subscription | null = null;
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
    this.collection = new WeightsCollection({
      run: record.name,
      generation: record.generation,
      positions: plan.entries.length,
      onChunk: () => this.watch.moved(),
      onComplete: (files) => void this.save(files),
    });
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
    this.stream?.pause();
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
    await unlessEnded(this.collection.open(transport, topics), signal);
    const ring = await openedUnlessEnded(this.openOwnPosition(), signal);
    this.ring = ring;
    record.figures = () => ring.figures();
    await assignBoards(transport, topics, record, plan, links, signal);
    signal.throwIfAborted();
    this.beginStream(ring);
  }

  private openOwnPosition(): Promise<RingPosition> {
    const { record, plan, transport, topics, memoryBytes, blas, links, emulation } = this.options;
    const { spec, name, generation } = record;
    return openRingPosition({
      transport,
      topics,
      memoryBytes,
      blas,
      place: { run: name, generation, position: 0, workers: plan.entries.length - 1 },
      links: this.ownLinks(),
      stage: stageSpecOf(assignmentOf(record, plan, links, 0)),
      window: plan.windows[0] as number,
      engine: engineOfMaster(plan.entries[0] as PlanEntry, spec.engine),
      emulation,
      wire: spec.wire,
      onReport: (report) => this.onReport(report),
      onFailure: (error) => void this.end('failed', error),
    });
  }

  private ownLinks(): DirectLinks | null {
    const { links, inbox } = this.options;
    if (links === null) return null;
    const onFallback = (reason: ConnectionError) => {
      this.publisher.event({ type: 'warning', position: 0, error: reportOf(reason) });
    };
    return { neighbours: links[0] as Neighbours, inbox, onFallback };
  }

  private beginStream(ring: RingPosition): void {
    const { record } = this.options;
    const items = itinerary(record.batches, record.spec.training.microBatches, () => this.isStopping);
    this.stream = new RingStream(ring, items, record.batches);
    record.progress.begin();
    this.goOn();
  }

  private goOn(): void {
    this.record.progress.skipTime();
    this.watch.moved();
    this.enter('running');
    this.stream?.resume();
  }

  private onReport(report: Report): void {
    this.watch.moved();
    const { record } = this;
    if (report.kind === 'loss') record.progress.addLoss(report.step, report.loss);
    else if (report.kind === 'updated') this.publisher.metrics(record.completeStep(report.step));
    else if (report.kind === 'done') this.stream?.returned();
    else if (report.kind === 'evaluated') this.onEvaluated(report);
    else if (report.kind === 'weights') this.onOwnWeights(report.file);
    else void this.end('failed', diverged(report.message, report.remedy));
  }

  private onEvaluated(report: Extract<Report, { kind: 'evaluated' }>): void {
    const result = this.record.addEvaluated(report);
    if (result) this.publisher.event({ type: 'evaluated', evaluation: result });
    this.stream?.returned();
  }

  /** The call for the weights has come round: every position has sent its own. */
  private onOwnWeights(file: Uint8Array): void {
    this.enter('collecting');
    this.collection.add(0, file);
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
    if (fault) void this.end('failed', fault);
    const warning = warningIn(payload);
    if (warning && this.record.addWarning(warning))
      this.options.log.warn({ run: this.record.name, ...warning }, 'a board warns');
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
    await this.ring?.close();
    const boards = await releaseBoards(transport, topics, record, this.lost);
    await record.keepFigures([ownFigures(figures), ...boards]).catch((cause) => record.folder.onError(cause));
    record.enter(state, error);
    await record.folder.close();
    await this.publisher.close();
    await this.events?.close();
    await this.collection.close();
    this.options.onEnd();
  }
}

function ownFigures(figures: NodeFigures | null): BoardFigures {
  const rssBytes = process.memoryUsage.rss();
  return { position: 0, agent: MASTER_ID, figures, rssBytes, peakRssBytes: peakRssBytes() };
}
