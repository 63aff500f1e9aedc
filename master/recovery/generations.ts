// From one generation of a run to the next: ends the one of which something was lost, has the boards that are there
// come together, and tries until they do. It owns the generation that is on, its plan, and what its boards tell.

import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { reportOf } from '../../errors.js';
import type { PlanEntry } from '../../protocol/assignment.js';
import { MASTER_ID } from '../../protocol/topics.js';
import { openedUnlessEnded, unlessEnded } from '../../transport/request-client.js';
import type { Arrangement } from '../arrangement.js';
import { type BoardReports, openBoardReports } from '../board-reports.js';
import type { Drive, MasterResources } from '../drive.js';
import { isBearable } from '../faults.js';
import { Generation, type GenerationEvents } from '../generation.js';
import type { Logger } from '../master.js';
import { agentsIn } from '../planner.js';
import type { RunRecord } from '../run-record.js';
import type { Cuts } from './cuts.js';
import { EarlierCounts } from './earlier-counts.js';
import { Patience, waitMs } from './patience.js';
import type { Regrouping } from './regrouping.js';
import type { RunHistory } from './run-history.js';

/** What a run hears of its generations, besides what happens within each. */
export interface GenerationsEvents extends GenerationEvents {
  /** One was lost: nothing goes on until another has begun. */
  onRecovering(): void;
  /** What it waits for. */
  onNote(reason: string): void;
  /** All stages are built, and nothing streams yet. */
  onBegun(): Promise<void>;
  /** There will be no other. */
  onHopeless(error: unknown): void;
}

export interface GenerationsOptions extends MasterResources {
  readonly record: RunRecord;
  /** The first one; of a run that goes on, what the one before was. */
  readonly arrangement: Arrangement;
  /** Of a run that a master before this one has left. */
  readonly history?: RunHistory | undefined;
  /** Finds the next ones. */
  readonly regrouping: Regrouping;
  readonly cuts: Cuts;
  readonly events: GenerationsEvents;
  readonly log: Logger;
  /** Aborted when the run is over, or left to another master. */
  readonly signal: AbortSignal;
  isStopping(): boolean;
  /** Resolves when the world knows of the plan as it is now. */
  publish(): Promise<void>;
}

export class Generations {
  /** Of generations that are over. */
  readonly earlier = new EarlierCounts();
  /** Whoever has had a part, as it was last: at the end all of them forget the run. */
  readonly tookPart: Map<string, PlanEntry>;
  private arrangement: Arrangement;
  private current: Generation | null = null;
  private reports: BoardReports | null = null;
  private recovering: Promise<void> | null = null;
  /** Of the generation, or of the attempt to come to one. */
  private interruption = new AbortController();
  /** Of the present arrangement: whether the journal has it not yet, and whether boards have acted by it. */
  private isNew = true;
  private hasBegun = true;
  private readonly patience = new Patience();

  constructor(private readonly options: GenerationsOptions) {
    this.arrangement = options.arrangement;
    this.tookPart = new Map(options.history?.tookPart);
    options.record.earlierEnergies = () => this.earlier.energies();
  }

  get plan(): Arrangement['plan'] {
    return this.arrangement.plan;
  }

  /**
   * A board of it is lost.
   * @param code of the fault that it told; left out where it vanished
   * @returns whether the generation goes on without it
   */
  bears(entry: PlanEntry, code?: string): boolean {
    return this.drive?.onBoardLost(entry, code) ?? false;
  }

  /** A board of it is back as another process. */
  onBoardReturned(entry: PlanEntry): void {
    this.drive?.onBoardReturned(entry);
  }

  /** Whether the one that is on still expects anything of that board. */
  countsOn(entry: PlanEntry): boolean {
    return this.drive?.countsOn(entry) ?? false;
  }

  /** What drives the one that is on; null while there is none. */
  get drive(): Drive | null {
    return this.current?.own ?? null;
  }

  /** Boards that take part. */
  get workers(): number {
    return this.drive?.workers ?? this.plan.entries.length - 1;
  }

  /** What a micro-batch took at each board that has told. */
  microBatchMs(): Map<string, number> {
    const told = this.reports?.figures();
    return new Map(
      this.plan.entries.flatMap((entry) => {
        const measured = this.countsOn(entry) ? told?.get(entry.agent)?.microBatchMs : null;
        return measured == null ? [] : [[entry.agent, measured]];
      }),
    );
  }

  /** Opens the generation of the present arrangement, which is to go on from the last cut. */
  async begin(): Promise<void> {
    const { record, cuts, regrouping, events, publish } = this.options;
    const { entries, windows } = this.plan;
    const { generation: number } = record;
    if (this.isNew) {
      for (const entry of entries) this.tookPart.set(entry.agent, entry);
      record.folder.journal({
        type: 'planned',
        generation: number,
        engine: record.spec.engine,
        plan: entries,
        windows,
      });
    }
    this.isNew = false;
    const signal = this.newSignal();
    await unlessEnded(publish(), signal);
    this.current = this.make();
    this.earlier.settleAllBut(agentsIn(entries));
    const cut = await this.current.open(signal);
    await this.openReports(signal);
    const step = cut?.step ?? 0;
    record.folder.journal({ type: 'begun', generation: number, step });
    cuts.begin(entries, step);
    regrouping.begun(agentsIn(entries));
    if (number === 0) record.progress.begin();
    else record.goBackTo(step);
    await events.onBegun();
  }

  /**
   * Ends the generation that is on, and comes to the next one: with the same boards if all are there, else with others.
   * @param isFault of a node: not a board or a connection that was lost
   */
  lose(cause: Error, isFault: boolean): void {
    const { record, log } = this.options;
    const { name: run, generation, progress, folder } = record;
    log.warn({ run, generation, error: reportOf(cause) }, 'the run recovers');
    folder.journal({ type: 'lost', generation, step: progress.step, error: reportOf(cause) });
    this.interruption.abort(cause);
    this.recovering ??= this.comeTogether(cause, isFault);
  }

  /** Once the signal is aborted. */
  async close(): Promise<void> {
    await this.recovering;
    if (this.current !== null) this.keepTold();
    await this.current?.close();
    await this.reports?.close();
  }

  private async comeTogether(cause: Error, isFault: boolean): Promise<void> {
    const { record, events, signal, regrouping } = this.options;
    this.patience.onLost(record.progress.step, isFault);
    if (this.patience.isOver) return events.onHopeless(cause);
    events.onRecovering();
    for (let attempt = 1; !signal.aborted; attempt++) {
      try {
        await this.next(attempt === 1 ? this.patience.waitMs : 0);
        this.recovering = null;
        return;
      } catch (error) {
        if (signal.aborted) return;
        if (!isBearable(error)) return events.onHopeless(error);
        if (!record.is('recovering')) events.onRecovering();
        events.onNote(reportOf(error).message);
        await regrouping.untilOthers(waitMs(attempt), signal).catch(() => {}); // it ends: the loop sees
      }
    }
  }

  private async next(afterMs: number): Promise<void> {
    await this.letGo();
    if (afterMs > 0) await setTimeout(afterMs, undefined, { signal: this.options.signal });
    await this.rearrange();
    await this.begin();
    // What was lost after the last look at the signal would find a recovery under way, and begin none.
    this.interruption.signal.throwIfAborted();
  }

  /**
   * A number is one plan's for ever: what is sent in its name must not be taken for another's, by a later master either.
   * As long as boards were only asked what they have, the same plan is tried again under the same number: while a run
   * waits, the journal does not grow.
   */
  private async rearrange(): Promise<void> {
    const { record, regrouping, events } = this.options;
    const found = await regrouping.arrange(agentsIn(record.plan), events.onNote, this.newSignal());
    record.note = null;
    if (!this.hasBegun && isDeepStrictEqual(found, this.arrangement)) return;
    this.arrangement = found;
    this.isNew = true;
    this.hasBegun = false;
    record.generation++;
    record.plan = this.plan.entries;
  }

  private newSignal(): AbortSignal {
    this.interruption = new AbortController();
    return AbortSignal.any([this.options.signal, this.interruption.signal]);
  }

  private make(): Generation {
    const { options, arrangement } = this;
    const { cuts } = options;
    return new Generation({
      ...{ ...options, arrangement, cuts: cuts.committed },
      isCutDue: (step) => cuts.isDue(step),
      onGivenUp: (board) => this.earlier.settle(board),
    });
  }

  /** Not before all are assigned: until then boards tell of the generation that they give up. */
  private async openReports(signal: AbortSignal): Promise<void> {
    const { record, transport, topics } = this.options;
    const reports = await openedUnlessEnded(openBoardReports(transport, topics, record), signal);
    this.reports = reports;
    record.boardEnergies = () => reports.energies();
    const { drive, current } = this;
    if (drive === null || current === null) return;
    record.figures = () => current.figures();
    record.clockMs = () => drive.nowMs();
  }

  private async letGo(): Promise<void> {
    this.keepCounts();
    if (this.current?.hasBegun) this.hasBegun = true;
    await this.current?.close();
    this.current = null;
    await this.reports?.close();
    this.reports = null;
    this.options.events.onMoved();
  }

  /** What is among the earlier counts must not be told as the present ones, too. */
  private keepCounts(): void {
    if (this.current === null) return;
    this.earlier.add({ agent: MASTER_ID, position: 0, figures: this.current.figures() });
    this.options.record.figures = () => null;
    this.keepTold();
  }

  /** Of the boards, which are asked for the rest when they are prepared or released. */
  private keepTold(): void {
    const told = this.reports?.figures();
    for (const { agent, position } of this.plan.entries) {
      if (position > 0) this.earlier.owe({ agent, position, figures: told?.get(agent) ?? null });
    }
    this.options.record.boardEnergies = () => [];
  }
}
