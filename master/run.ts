// A run on the fleet, from its plan to its model, as its operator sees it: planning, running, paused, recovering,
// collecting, and one of finished, stopped or failed. What is lost ends a generation, not the run.

import { CommandError, RunError, reportOf } from '../errors.js';
import { MASTER_ID } from '../protocol/topics.js';
import { openedUnlessEnded, unlessEnded } from '../transport/request-client.js';
import type { Subscription } from '../transport/transport.js';
import type { Arrangement } from './arrangement.js';
import { type BoardEvents, followBoards } from './board-events.js';
import type { MasterResources } from './drive.js';
import { boardLost, isBearable, isOfNode } from './faults.js';
import type { LostBoard } from './fleet-registry.js';
import type { Logger } from './master.js';
import { agentsIn, predictedStepMs } from './planner.js';
import { BoardChanges } from './recovery/board-changes.js';
import { cutRule } from './recovery/cut-interval.js';
import { Cuts } from './recovery/cuts.js';
import { Generations, type GenerationsEvents } from './recovery/generations.js';
import type { Regrouping } from './recovery/regrouping.js';
import type { Ending, RunHistory } from './recovery/run-history.js';
import { Silence } from './recovery/silence.js';
import { completeEnd, endRun, leaveRun, type RunParts } from './run-end.js';
import type { RunRecord } from './run-record.js';
import { saveModel } from './save-model.js';
import { StatusPublisher } from './status-publisher.js';
import { StopAndGo } from './stop-and-go.js';

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

export class Run {
  private readonly publisher: StatusPublisher;
  private readonly cuts: Cuts;
  private readonly generations: Generations;
  private readonly silence: Silence;
  private readonly changes: BoardChanges;
  private readonly going: StopAndGo;
  private events: Subscription | null = null;
  private opening: Promise<void> = Promise.resolve();
  private ending: Promise<void> | null = null;
  private readonly giveUp = new AbortController();

  constructor(private readonly options: RunOptions) {
    const { record, arrangement, transport, topics } = options;
    const { signal } = this.giveUp;
    record.plan = arrangement.plan.entries;
    this.publisher = new StatusPublisher(transport, topics, record);
    this.cuts = new Cuts({
      ...{ rule: cutRule(record.spec.snapshots), mode: record.spec.mode },
      nowMs: () => performance.now() / record.dilation, // emulated boards are cut as often as real ones
      committed: options.history?.cuts ?? [],
      commit: (cut, costMs) => record.commit(cut, costMs),
      onCommitted: () => this.onCut(),
    });
    this.generations = new Generations({
      ...{ ...options, signal, cuts: this.cuts, events: this.generationsEvents() },
      isStopping: () => this.going.isStopping,
      publish: () => this.publisher.publish(),
    });
    this.silence = new Silence({
      ...{ ...options, signal },
      predictedStepMs: () => predictedStepMs(this.generations.plan, record.spec.training.microBatches),
      countsOn: (entry) => this.generations.countsOn(entry),
      onLost: (cause) => this.recover(cause),
      onStalled: (cause) => this.recover(cause, true),
    });
    this.changes = new BoardChanges({ ...options, cuts: this.cuts });
    this.going = new StopAndGo({
      ...{ record, publisher: this.publisher, asked: options.history?.asked ?? null },
      drive: () => this.generations.drive,
      onGoing: () => this.silence.moved(),
    });
    record.folder.onTrouble = (error) => this.going.onFolder(error && `${MASTER_ID}: ${error.message}`);
  }

  get record(): RunRecord {
    return this.options.record;
  }

  /** Builds all stages and begins to stream; when that fails the run is failed and the error thrown. */
  async start(): Promise<void> {
    const { history } = this.options;
    if (history?.ending) return this.complete(history.ending);
    this.opening = this.open();
    try {
      await this.opening;
    } catch (error) {
      await this.end('failed', error);
      throw error;
    }
  }

  pause(): void {
    this.going.pause();
  }

  resume(): void {
    this.going.resume();
  }

  /** A cut at the next boundary between two steps, besides those that are due anyway. */
  checkpoint(): void {
    const { record } = this;
    if (!record.is('running')) {
      throw new CommandError(`run ${record.name} has no steps to be cut between: it is ${record.status().state}`);
    }
    this.cuts.ask();
  }

  /** After the step under way; the weights are saved as they are then. */
  stop(): void {
    const { record } = this;
    if (record.isFinal) throw new CommandError(`run ${record.name} has ended already`);
    this.going.stop();
    if ((record.is('recovering') || record.is('collecting')) && record.note !== null) {
      void this.end('failed', new RunError(`the run was stopped while it could not go on: ${record.note}`));
    }
  }

  /** @param lost a board that vanished, or is back and has forgotten what it held */
  onBoardLost({ agent, reason }: Pick<LostBoard, 'agent' | 'reason'>): void {
    const { record } = this;
    const entry = record.plan.find((each) => each.position > 0 && each.agent === agent);
    if (entry === undefined || record.isFinal) return;
    // A generation that is not open yet waits for all its boards.
    const isOpen = !record.is('planning') && !record.is('recovering');
    if (reason === 'returned') this.generations.onBoardReturned(entry);
    else if (!isOpen || !this.generations.bears(entry)) this.recover(boardLost(entry, reason, record.progress.step));
  }

  onBoardsChanged(): void {
    if (this.record.is('running')) this.changes.onBoardsChanged(this.generations.workers);
  }

  onConnection(connected: boolean): void {
    this.silence.onConnection(connected);
    this.cuts.onConnection();
  }

  /** Lets go of everything but what the run goes on from: the next master takes it up. */
  async leave(): Promise<void> {
    const left = () => this.letGo(new RunError('the master was stopped')).then(() => leaveRun(this.parts));
    this.ending ??= left();
    await this.ending;
  }

  /** Resolves when the run has ended and everything is let go. */
  async close(): Promise<void> {
    if (this.ending === null) await this.end('failed', new RunError('the master was stopped'));
    await this.ending;
  }

  /** Whatever ends the run meanwhile, the master's close too, also ends this. */
  private async open(): Promise<void> {
    const { record, history, regrouping, transport, topics } = this.options;
    const { signal } = this.giveUp;
    if (history) regrouping.begun(agentsIn(history.plan));
    await unlessEnded(this.publisher.publish(), signal); // first the plan: access control at the broker follows from it
    this.events = await openedUnlessEnded(followBoards(transport, topics, record, this.boardEvents()), signal);
    if (history === undefined) await this.generations.begin();
    else this.recover(new RunError('the master was restarted'));
  }

  private generationsEvents(): GenerationsEvents {
    const { publisher, options } = this;
    const { record, regrouping } = options;
    return {
      onMoved: () => this.silence.moved(),
      onLoss: (step, lossSum) => record.progress.addLoss(step, lossSum),
      onStep: (step, together) => publisher.metrics(record.completeStep(step, together)),
      onEvaluated: (part) => {
        const result = record.addEvaluated(part);
        if (result) publisher.event({ type: 'evaluated', evaluation: result });
      },
      // The call for the weights has come round: every position has sent its own.
      onCollecting: () => this.enter('collecting'),
      onModel: (files) => void this.save(files),
      onSilent: (agent) => regrouping.onSilent(agent),
      onKept: (snapshot) => this.cuts.keep(0, snapshot),
      onUnkept: (error) => this.going.onSnapshot(`${MASTER_ID}: ${reportOf(error).message}`),
      onWarning: (error, position) => publisher.event({ type: 'warning', position, error: reportOf(error) }),
      onFailure: (error) => this.recover(error, isOfNode(error)),
      onRecovering: () => this.enter('recovering'),
      onNote: (reason) => this.note(reason),
      onBegun: () => this.onBegun(),
      onHopeless: (error) => void this.end('failed', error),
    };
  }

  private boardEvents(): BoardEvents {
    const { record, log } = this.options;
    return {
      onFault: (error, entry) => {
        if (!entry || !this.generations.bears(entry, error.code)) this.recover(error, isOfNode(error));
      },
      onWarning: (warning) => {
        if (record.addWarning(warning)) log.warn({ run: record.name, ...warning }, 'a board warns');
      },
      onLeaving: (entry) => {
        if (record.is('running')) this.changes.onLeaving(entry);
      },
      onKept: (position, snapshot) => this.cuts.keep(position, snapshot),
      onUnkept: (agent, error) => this.going.onSnapshot(`${agent}: ${error.message}`),
    };
  }

  /**
   * Ends the generation, not the run, unless it would come again for certain.
   * @param isFault it may come again, and then ends the run at last
   */
  private recover(cause: Error, isFault = false): void {
    const { record } = this;
    if (record.isFinal || this.ending !== null) return;
    if (record.is('planning') || !isBearable(cause)) return void this.end('failed', cause);
    this.generations.lose(cause, isFault);
  }

  private async onBegun(): Promise<void> {
    await this.changes.release();
    this.silence.begin();
    this.going.begin();
  }

  private onCut(): void {
    this.going.onCut();
    if (!this.record.is('running')) return;
    const reason = this.changes.reason(this.generations.workers, this.generations.microBatchMs());
    if (reason) this.recover(reason);
  }

  private async save(files: Uint8Array[]): Promise<void> {
    const { record } = this;
    const onTrouble = (error: Error) => {
      this.note(error.message);
      this.silence.moved();
    };
    try {
      await saveModel(record, files, onTrouble, this.giveUp.signal);
    } catch (error) {
      return this.end('failed', error);
    }
    return this.end(record.progress.step < record.batches.steps ? 'stopped' : 'finished');
  }

  private note(reason: string): void {
    if (this.record.note === reason) return;
    this.record.note = reason;
    this.publisher.stateChanged();
  }

  private enter(state: 'recovering' | 'collecting'): void {
    this.record.enter(state);
    this.publisher.stateChanged();
  }

  private end(state: Ending['state'], error?: unknown): Promise<void> {
    this.ending ??= this.finish(state, error);
    return this.ending;
  }

  private async finish(state: Ending['state'], error: unknown): Promise<void> {
    this.publisher.fallSilent();
    await this.letGo(error ?? new RunError('the run has ended'));
    await endRun(this.parts, state, error);
    this.options.onEnd();
  }

  /** The end that the master before this one had begun. */
  private complete(ending: Ending): Promise<void> {
    const completing = () => this.letGo(ending.error).then(() => completeEnd(this.parts, ending));
    this.ending ??= completing().then(() => this.options.onEnd());
    return this.ending;
  }

  /** Whatever is under way ends. */
  private async letGo(cause: unknown): Promise<void> {
    this.silence.close();
    this.giveUp.abort(cause);
    await this.opening.catch(() => {}); // `start` tells
  }

  private get parts(): RunParts {
    const { options, generations, publisher, events } = this;
    return { ...options, generations, publisher, events };
  }
}
