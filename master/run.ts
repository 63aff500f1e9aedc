// A run on the fleet, from its plan to its model: planning, running, paused, recovering, collecting, and one of
// finished, stopped or failed. It reacts to what its own node and the boards report; what is lost ends a generation,
// not the run.

import { setTimeout } from 'node:timers/promises';
import { CommandError, DataError, RunError, reportOf } from '../errors.js';
import { peakRssBytes } from '../hardware/board.js';
import type { BoardFigures, PlanEntry, SnapshotEntry } from '../protocol/messages.js';
import { type NodeFigures, sumOfFigures } from '../protocol/node-figures.js';
import { MASTER_ID } from '../protocol/topics.js';
import { openedUnlessEnded, unlessEnded } from '../transport/request-client.js';
import type { Subscription } from '../transport/transport.js';
import type { Arrangement } from './arrangement.js';
import { releaseBoards, silentBoards } from './assign-boards.js';
import { type BoardReports, openBoardReports } from './board-reports.js';
import type { MasterResources } from './drive.js';
import {
  type BoardFault,
  boardLost,
  faultIn,
  framesLost,
  isBearable,
  leavingIn,
  snapshotIn,
  stalled,
  warningIn,
} from './faults.js';
import type { LostBoard } from './fleet-registry.js';
import { Generation, type GenerationEvents, ownSnapshots } from './generation.js';
import type { Logger } from './master.js';
import { modelFile } from './model-file.js';
import { predictedStepMs } from './planner.js';
import { ProgressWatch } from './progress-watch.js';
import { cutRule } from './recovery/cut-interval.js';
import { Cuts } from './recovery/cuts.js';
import type { Regrouping } from './recovery/regrouping.js';
import type { RunHistory } from './recovery/run-history.js';
import type { RunRecord } from './run-record.js';
import { StatusPublisher } from './status-publisher.js';

export interface RunOptions extends MasterResources {
  readonly record: RunRecord;
  /** The first one; of a run that goes on, what the one before was. */
  readonly arrangement: Arrangement;
  /** Of a run that a master before this one has left. */
  readonly history?: RunHistory | undefined;
  /** Finds the next ones. */
  readonly regrouping: Regrouping;
  readonly log: Logger;
  /** Told once, when the run has ended and let go of everything. */
  readonly onEnd: () => void;
}

/** Generations in a row in which no step was completed: what befell them is no accident. */
const MOST_FRUITLESS = 5;
/** Between two attempts to save the model on a disk that is full. */
const SAVE_AGAIN_MS = 1000;
/** Of which frames travel at a time: `async` begins a step while the one before is on its way back. */
const MOST_STEPS_UNDER_WAY = 2;
/** Between two attempts to come together: twice as long after each, while the boards are the same. */
const RETRY_MS = { first: 300, longest: 10_000 };

export class Run {
  private readonly publisher: StatusPublisher;
  private readonly watch: ProgressWatch;
  private readonly cuts: Cuts;
  private arrangement: Arrangement;
  private generation: Generation | null = null;
  private events: Subscription | null = null;
  private reports: BoardReports | null = null;
  private isStopping = false;
  /** Who paused it: its operator, or a disk that is full. */
  private pausedBy: 'operator' | 'disk' | null = null;
  private opening: Promise<void> = Promise.resolve();
  private recovering: Promise<void> | null = null;
  private ending: Promise<void> | null = null;
  /** Of the run. */
  private readonly giveUp = new AbortController();
  /** Of the generation, or of the attempt to come to one. */
  private interruption = new AbortController();
  private fruitless = 0;
  private furthestStep = 0;
  /** Where the run was when the connection to the broker was lost: frames on their way may be gone with it. */
  private doubtedStep: number | null = null;
  /** Of the run's own folder. */
  private diskTrouble: string | null = null;
  /** Whoever has had a part: at the end all of them forget the run. */
  private readonly tookPart = new Map<string, PlanEntry>();
  /** Of generations that are over, by agent. */
  private readonly counts = new Map<string, NodeFigures>();
  /** Boards whose agents are about to end. */
  private readonly leaving = new Set<string>();

  constructor(private readonly options: RunOptions) {
    const { record, arrangement, transport, topics } = options;
    this.arrangement = arrangement;
    record.plan = arrangement.plan.entries;
    this.publisher = new StatusPublisher(transport, topics, record);
    this.watch = new ProgressWatch({
      stepMs: () => record.dilation * (record.progress.stepMs || this.predictedStepMs),
      onOverdue: () => void this.lookForSilent(),
      onStall: (ms) => this.onStall(ms),
      nowMs: () => performance.now(),
    });
    this.cuts = new Cuts({
      rule: cutRule(record.spec.snapshots),
      mode: record.spec.mode,
      nowMs: () => performance.now(),
      committed: options.history?.cuts ?? [],
      commit: async (cut, costMs) => {
        record.folder.journal({ type: 'cut', generation: record.generation, ...cut, costMs: Math.round(costMs) });
        await record.folder.syncJournal();
      },
      onCommitted: () => this.onCut(),
    });
    record.folder.onTrouble = (error) => {
      this.diskTrouble = error?.message ?? null;
      if (error) this.onUnkept(0, error.message);
      else this.onRoom();
    };
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
    this.hold('operator', null);
  }

  resume(): void {
    this.require('paused', 'resume');
    this.pausedBy = null;
    this.goOn();
  }

  /** After the step under way; the weights are saved as they are then. */
  stop(): void {
    const { record } = this;
    if (record.isFinal) throw new CommandError(`run ${record.name} has ended already`);
    this.isStopping = true;
    this.pausedBy = null;
    if (record.is('paused')) this.goOn();
    if ((record.is('recovering') || record.is('collecting')) && record.note !== null) {
      void this.end('failed', new RunError(`the run was stopped while it could not go on: ${record.note}`));
    }
  }

  /** @param lost a board that vanished, or forgot what it held */
  onBoardLost({ agent, reason }: Pick<LostBoard, 'agent' | 'reason'>): void {
    const entry = this.record.plan.find((each) => each.position > 0 && each.agent === agent);
    if (entry === undefined || this.record.isFinal) return;
    // A generation that is not open yet waits for all its boards.
    const isOpen = !this.record.is('planning') && !this.record.is('recovering');
    if (isOpen && this.generation?.own?.onBoardLost(entry)) return;
    this.recover(boardLost(entry, reason, this.record.progress.step));
  }

  /** One more is there, or one is back: it is used from the next cut. */
  onBoardsChanged(): void {
    const { record, options } = this;
    if (record.is('running') && options.regrouping.hasMoreThan(this.workers)) this.cuts.ask();
  }

  /** Frames that were on their way through the broker do not come again: what stands still afterwards has lost some. */
  onConnection(connected: boolean): void {
    if (connected) this.watch.moved();
    else this.doubtedStep ??= this.record.progress.step;
  }

  /** Lets go of everything but what the run goes on from: the next master takes it up. */
  async leave(): Promise<void> {
    if (this.ending === null) {
      this.ending = this.letGoOnly(new RunError('the master was stopped'));
    }
    await this.ending;
  }

  /** Resolves when the run has ended and everything is let go. */
  async close(): Promise<void> {
    if (this.ending === null) await this.end('failed', new RunError('the master was stopped'));
    await this.ending;
  }

  /** Boards that take part. */
  private get workers(): number {
    return this.generation?.own?.workers ?? this.record.plan.length - 1;
  }

  private get predictedStepMs(): number {
    return predictedStepMs(this.arrangement.plan, this.record.spec.training.microBatches);
  }

  /** Whatever ends the run meanwhile, the master's close too, also ends this. */
  private async open(): Promise<void> {
    const { record, history, regrouping, transport, topics } = this.options;
    const { signal } = this.giveUp;
    if (history) regrouping.begun(agentsIn(history.plan));
    await unlessEnded(this.publisher.publish(), signal); // first the plan: access control at the broker follows from it
    const events = transport.subscribe(topics.runEvents(record.name), (_, payload) => this.onEvent(payload), 1);
    this.events = await openedUnlessEnded(events, signal);
    if (history === undefined) await this.begin();
    else this.recover(new RunError('the master was restarted'));
  }

  /** Opens the generation of the present arrangement, and lets it go on from the last cut. */
  private async begin(): Promise<void> {
    const { record, transport, topics } = this.options;
    const { plan } = this.arrangement;
    this.doubtedStep = null;
    for (const entry of plan.entries) this.tookPart.set(entry.agent, entry);
    record.folder.journal({
      type: 'planned',
      generation: record.generation,
      engine: record.spec.engine,
      plan: plan.entries,
      windows: plan.windows,
    });
    this.interruption = new AbortController();
    const signal = AbortSignal.any([this.giveUp.signal, this.interruption.signal]);
    await unlessEnded(this.publisher.publish(), signal);
    const generation = this.makeGeneration();
    this.generation = generation;
    const { cut } = await generation.open(signal);
    // Not before: until then boards tell of the generation that they give up.
    this.reports = await openedUnlessEnded(openBoardReports(transport, topics, record), signal);
    const { reports } = this;
    record.boardEnergies = () => reports.energies();
    const { own } = generation;
    if (own) {
      record.figures = () => own.figures();
      record.clockMs = () => own.nowMs();
    }
    record.folder.journal({ type: 'begun', generation: record.generation, step: cut?.step ?? 0 });
    this.cuts.begin(plan.entries, cut?.step ?? 0);
    this.options.regrouping.begun(agentsIn(plan.entries));
    await this.releaseLeaving();
    if (record.generation === 0) record.progress.begin();
    else record.goBackTo(cut?.step ?? 0);
    // A snapshot that a disk did not take is of the generation before, and waits for room no more.
    if (this.pausedBy !== 'operator') this.pausedBy = this.diskTrouble === null ? null : 'disk';
    this.goOn();
  }

  private async releaseLeaving(): Promise<void> {
    const { transport, topics, record } = this.options;
    const isGone = (agent: string) => !record.plan.some((each) => each.agent === agent);
    const plan = [...this.leaving].filter(isGone).map((agent, index) => ({ agent, position: index + 1 }));
    this.leaving.clear();
    await releaseBoards(transport, topics, { name: record.name, plan }, () => true);
  }

  private makeGeneration(): Generation {
    const { options, arrangement, cuts } = this;
    return new Generation({
      ...options,
      arrangement,
      cuts: cuts.committed,
      events: this.generationEvents(),
      isStopping: () => this.isStopping,
      isCutDue: (step) => cuts.isDue(step),
    });
  }

  private goOn(): void {
    const { record } = this;
    record.note = this.pausedBy === 'disk' ? this.diskTrouble : null;
    record.progress.skipTime();
    this.watch.moved();
    this.enter(this.pausedBy === null ? 'running' : 'paused');
    if (this.pausedBy === null) this.generation?.own?.resume();
  }

  private hold(by: 'operator' | 'disk', note: string | null): void {
    this.pausedBy = by;
    this.generation?.own?.pause();
    this.record.note = note;
    this.enter('paused');
  }

  /** Ends the generation, and comes to the next one: with the same boards if all are there, else with others. */
  private recover(cause: Error): void {
    const { record, options } = this;
    if (record.isFinal || this.ending !== null) return;
    if (record.is('planning') || !isBearable(cause)) return void this.end('failed', cause);
    options.log.warn({ run: record.name, generation: record.generation, error: reportOf(cause) }, 'the run recovers');
    const { generation, progress } = record;
    record.folder.journal({ type: 'lost', generation, step: progress.step, error: reportOf(cause) });
    this.interruption.abort(cause);
    this.recovering ??= this.comeTogether(cause);
  }

  private async comeTogether(cause: Error): Promise<void> {
    const { record } = this.options;
    this.fruitless = record.progress.step > this.furthestStep ? 0 : this.fruitless + 1;
    this.furthestStep = Math.max(this.furthestStep, record.progress.step);
    if (this.fruitless >= MOST_FRUITLESS) return this.end('failed', cause);
    this.enter('recovering');
    for (let retryMs = RETRY_MS.first; this.ending === null; retryMs = Math.min(2 * retryMs, RETRY_MS.longest)) {
      try {
        await this.letGeneration();
        await this.nextArrangement();
        await this.begin();
        // What was lost after the last look at the signal would find a recovery under way, and begin none.
        this.interruption.signal.throwIfAborted();
        this.recovering = null;
        return;
      } catch (error) {
        if (this.giveUp.signal.aborted) return;
        if (!isBearable(error)) return this.end('failed', error);
        if (!this.record.is('recovering')) this.enter('recovering');
        this.note(reportOf(error).message);
        await this.options.regrouping.untilOthers(retryMs, this.giveUp.signal).catch(() => {}); // it ends: the loop sees
      }
    }
  }

  private async nextArrangement(): Promise<void> {
    const { record, regrouping } = this.options;
    this.interruption = new AbortController();
    const signal = AbortSignal.any([this.giveUp.signal, this.interruption.signal]);
    this.arrangement = await regrouping.arrange(agentsIn(record.plan), (reason) => this.note(reason), signal);
    record.note = null;
    record.generation++;
    record.plan = this.arrangement.plan.entries;
  }

  /** What its nodes counted is not lost with the generation. */
  private keepCounts(): void {
    const { record } = this;
    if (this.generation === null) return;
    const own = this.generation.own?.figures();
    const boards = this.reports?.figures() ?? new Map<string, NodeFigures>();
    record.earlierEnergies.push(...(this.reports?.energies() ?? []), { position: 0, energy: own?.energy });
    for (const [agent, figures] of [...boards, ...(own ? [[MASTER_ID, own] as const] : [])]) {
      const before = this.counts.get(agent);
      this.counts.set(agent, before ? sumOfFigures(before, figures) : figures);
    }
  }

  private async letGeneration(): Promise<void> {
    this.keepCounts();
    // They are among the counts now, and would be told twice.
    this.options.record.boardEnergies = () => [];
    this.options.record.figures = () => null;
    await this.generation?.close();
    this.generation = null;
    await this.reports?.close();
    this.reports = null;
    this.watch.moved();
  }

  private note(reason: string): void {
    if (this.record.note === reason) return;
    this.record.note = reason;
    this.publisher.stateChanged();
  }

  private generationEvents(): GenerationEvents {
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
      onCollecting: () => this.enter('collecting'),
      onModel: (files) => void this.save(files),
      onSilent: (agent) => this.options.regrouping.onSilent(agent),
      onKept: (snapshot) => this.onKept(0, snapshot),
      onUnkept: (error) => this.onUnkept(0, reportOf(error).message),
      onWarning: (error, position) => publisher.event({ type: 'warning', position, error: reportOf(error) }),
      onFailure: (error) => this.recover(error),
    };
  }

  private async save(files: Uint8Array[]): Promise<void> {
    const { record } = this;
    try {
      const file = modelFile(record, files);
      while (this.ending === null && !(await this.saved(file))) await setTimeout(SAVE_AGAIN_MS);
    } catch (error) {
      return this.end('failed', error);
    }
    return this.end(record.progress.step < record.batches.steps ? 'stopped' : 'finished');
  }

  /** A disk that is full holds the run up, but loses it not. */
  private async saved(model: Uint8Array): Promise<boolean> {
    try {
      await this.record.folder.saveModel(model);
      return true;
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      this.note(error.message);
      this.watch.moved();
      return false;
    }
  }

  private onEvent(payload: Uint8Array): void {
    const fault = faultIn(payload);
    if (fault && this.isOfNow(fault.generation) && !this.isBorne(fault)) this.recover(fault.error);
    const warning = warningIn(payload);
    if (warning && this.record.addWarning(warning))
      this.options.log.warn({ run: this.record.name, ...warning }, 'a board warns');
    const leaving = leavingIn(payload);
    if (leaving && this.isOfNow(leaving.generation)) this.onLeaving(leaving.position);
    const told = snapshotIn(payload);
    if (told === null || !this.isOfNow(told.generation)) return;
    if (told.snapshot) this.onKept(told.position ?? 0, told.snapshot);
    else if (told.error) this.onUnkept(told.position ?? 0, told.error.message);
  }

  private isOfNow(generation: number | undefined): boolean {
    return generation === undefined || generation === this.record.generation;
  }

  private isBorne({ position, error }: BoardFault): boolean {
    const entry = this.record.plan.find((each) => each.position > 0 && each.position === position);
    return entry !== undefined && (this.generation?.own?.onBoardLost(entry, error.code) ?? false);
  }

  /** It goes with the next cut: hardly a step is done again. */
  private onLeaving(position: number | undefined): void {
    const entry = this.record.plan.find((each) => each.position > 0 && each.position === position);
    if (entry === undefined || !this.record.is('running')) return;
    this.leaving.add(entry.agent);
    this.cuts.ask();
  }

  private onKept(position: number, snapshot: SnapshotEntry): void {
    this.cuts.keep(position, snapshot);
  }

  /** No step more than what can be kept of it: the position tries again until its disk takes it. */
  private onUnkept(position: number, reason: string): void {
    const agent = this.record.plan.find((each) => each.position === position)?.agent;
    if (this.record.is('running')) this.hold('disk', `${agent}: ${reason}`);
  }

  private onCut(): void {
    const { record, options } = this;
    this.onRoom();
    if (!record.is('running')) return;
    if (this.leaving.size > 0) this.goOnWithoutLeaving();
    else if (options.regrouping.hasMoreThan(this.workers)) {
      this.recover(new RunError('one more board is there: the layers are shared out anew'));
    } else if (options.regrouping.hasBetterThan(record.plan, this.microBatchMs())) {
      this.recover(new RunError('a board stays slow: the layers are shared out anew'));
    }
  }

  private goOnWithoutLeaving(): void {
    const { regrouping } = this.options;
    for (const agent of this.leaving) regrouping.distrust(agent);
    this.recover(new RunError(`${[...this.leaving].join(', ')} is about to leave: the others go on`));
  }

  private microBatchMs(): Map<string, number> {
    const told = [...(this.reports?.figures() ?? [])];
    return new Map(told.flatMap(([agent, { microBatchMs }]) => (microBatchMs === null ? [] : [[agent, microBatchMs]])));
  }

  private onRoom(): void {
    if (this.pausedBy !== 'disk') return;
    this.pausedBy = null;
    if (this.record.is('paused')) this.goOn();
  }

  /** Slow boards answer, and are waited for. */
  private async lookForSilent(): Promise<void> {
    const { record, options } = this;
    const { generation } = record;
    if (!record.is('running') && !record.is('collecting')) return;
    if (!options.regrouping.isConnected) return;
    if (this.isInDoubt) return this.recover(framesLost());
    const silent = await silentBoards(options.transport, options.topics, record.plan, this.giveUp.signal);
    const [first] = silent;
    if (first === undefined || generation !== record.generation) return;
    for (const { agent } of silent) options.regrouping.onSilent(agent);
    this.recover(boardLost(first, 'silent', record.progress.step));
  }

  /** Steps under way when the connection was lost are the only ones that can lack a frame. */
  private get isInDoubt(): boolean {
    return this.doubtedStep !== null && this.record.progress.step <= this.doubtedStep + MOST_STEPS_UNDER_WAY;
  }

  private onStall(silentMs: number): void {
    const { record } = this;
    if (record.is('paused') || record.is('planning') || record.is('recovering')) this.watch.moved();
    else this.recover(stalled(silentMs, record.figures()));
  }

  private enter(state: 'running' | 'paused' | 'recovering' | 'collecting'): void {
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

  private async letGoOnly(cause: Error): Promise<void> {
    const { record } = this;
    this.watch.close();
    this.giveUp.abort(cause);
    await this.opening.catch(() => {}); // `start` tells
    await this.recovering;
    await this.generation?.close();
    record.enter('recovering');
    record.note = 'the master is away';
    await record.folder.close();
    await this.publisher.close();
    await this.events?.close();
    await this.reports?.close();
  }

  private async letGo(state: 'finished' | 'stopped' | 'failed', error?: unknown): Promise<void> {
    const { options } = this;
    const { record } = options;
    this.watch.close();
    this.publisher.fallSilent();
    this.giveUp.abort(error ?? new RunError('the run has ended'));
    await this.opening.catch(() => {}); // `start` tells
    const figures = record.figures();
    record.figures = () => figures;
    await this.generation?.close();
    const boards = await this.release();
    await ownSnapshots(record).remove();
    const all = [ownFigures(figures), ...boards].map((each) => withCounts(each, this.counts.get(each.agent)));
    await record.keepFigures(all).catch((cause) => {
      options.log.warn({ run: record.name, error: reportOf(cause) }, 'the figures of the run cannot be written');
    });
    record.note = null;
    record.enter(state, error);
    await record.folder.close();
    await this.publisher.close();
    await this.events?.close();
    await this.reports?.close();
    this.options.onEnd();
  }

  /** Of all that ever had a part in it, as far as they are there. @returns the figures of the last ones */
  private release(): Promise<BoardFigures[]> {
    const { record, transport, topics, regrouping } = this.options;
    const former = [...this.tookPart.values()].filter(({ agent }) => record.plan.every((each) => each.agent !== agent));
    const run = { name: record.name, plan: [...record.plan, ...former] };
    const isThere = (agent: string) => regrouping.isThere(agent);
    return releaseBoards(transport, topics, run, isThere).then((all) => all.slice(0, record.plan.length - 1));
  }
}

function withCounts(board: BoardFigures, earlier: NodeFigures | undefined): BoardFigures {
  if (earlier === undefined) return board;
  return { ...board, figures: board.figures === null ? earlier : sumOfFigures(earlier, board.figures) };
}

/** In the order of the positions. */
function agentsIn(plan: readonly PlanEntry[]): string[] {
  return plan.filter(({ position }) => position > 0).map(({ agent }) => agent);
}

function ownFigures(figures: NodeFigures | null): BoardFigures {
  const rssBytes = process.memoryUsage.rss();
  return { position: 0, agent: MASTER_ID, figures, rssBytes, peakRssBytes: peakRssBytes() };
}
