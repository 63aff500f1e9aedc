// One generation of a run: a plan, carried out by its boards from a cut until the run ends or something is lost. What
// comes after a loss is another generation; frames and files of this one are then no longer heard.

import { join } from 'node:path';
import type { Start } from '../node/node-messages.js';
import { SnapshotFolder } from '../node/snapshot-folder.js';
import { SnapshotKeeper } from '../node/snapshot-keeper.js';
import type { SnapshotEntry } from '../protocol/assignment.js';
import { type NodeFigures, withPassed } from '../protocol/node-figures.js';
import type { BoardFigures } from '../protocol/run-messages.js';
import type { Mode } from '../protocol/run-spec.js';
import { MASTER_ID } from '../protocol/topics.js';
import { openedUnlessEnded, unlessEnded } from '../transport/request-client.js';
import type { Arrangement } from './arrangement.js';
import { askToSupply, assignBoards, prepareBoards } from './assign-boards.js';
import type { Drive, DriveEvents, MasterResources, OpenDrive } from './drive.js';
import { allSpoilt, heldByNobody } from './faults.js';
import {
  areSpoilt,
  type Cut,
  type Holdings,
  missingOf,
  neededFor,
  newestHeld,
  stagesOf,
  transfersFor,
} from './recovery/holdings.js';
import { openRingDrive } from './ring-drive.js';
import type { RunRecord } from './run-record.js';
import { openStarDrive } from './star-drive.js';
import { WeightsCollection } from './weights-collection.js';

const DRIVES: Readonly<Record<Mode, OpenDrive>> = { ring: openRingDrive, star: openStarDrive };

/** Of the master's own position, in the run's folder. */
export function ownSnapshots({ folder }: RunRecord): SnapshotFolder {
  return new SnapshotFolder(join(folder.path, 'snapshots'));
}

/** What a run hears of a generation. */
export interface GenerationEvents extends Omit<DriveEvents, 'onWeights' | 'onSnapshot'> {
  /** The master's own position has begun to give its weights. */
  onCollecting(): void;
  /** Of all stages, in the order of the layers. */
  onModel(files: Uint8Array[]): void;
  /** A board does not answer. */
  onSilent(agent: string): void;
  /** On the master's disk. */
  onKept(snapshot: SnapshotEntry): void;
  /** The master's disk does not take it, for now. */
  onUnkept(error: Error): void;
}

export interface GenerationOptions extends MasterResources {
  readonly record: RunRecord;
  readonly arrangement: Arrangement;
  /** Those that were committed, the newest last. */
  readonly cuts: readonly Cut[];
  readonly events: GenerationEvents;
  isStopping(): boolean;
  isCutDue(step: number): boolean;
  /** What a board tells when it gives up its position in the generation before; null figures where it had none. */
  onGivenUp(board: Pick<BoardFigures, 'agent' | 'figures'>): void;
}

/** From where a generation goes on. */
interface Gathered {
  /** Null: from the beginning. */
  readonly cut: Cut | null;
  readonly holdings: Holdings;
}

export class Generation {
  private readonly keeper: SnapshotKeeper;
  private readonly collection: WeightsCollection;
  private readonly number: number;
  private drive: Drive | null = null;
  private isClosed = false;
  private isUnderWay = false;

  constructor(private readonly options: GenerationOptions) {
    const { record, arrangement, transport, topics, events } = options;
    const { entries } = arrangement.plan;
    const { name: run, generation, spec } = record;
    this.number = generation;
    // The server of a star has them all.
    this.collection = new WeightsCollection(spec.mode === 'star' ? 1 : entries.length, (files) =>
      events.onModel(files),
    );
    this.keeper = new SnapshotKeeper({
      transport,
      topics,
      place: { run, generation, position: 0, workers: entries.length - 1 },
      folder: ownSnapshots(record),
      onKept: (snapshot) => events.onKept(snapshot),
      onUnkept: (error) => events.onUnkept(error),
      onWeights: (key, file) => this.collection.take(key, file),
      onChunk: () => events.onMoved(),
    });
  }

  /**
   * Builds all stages. Nothing streams before `resume`.
   * @returns the cut from which it goes on; null: from the beginning
   */
  async open(signal: AbortSignal): Promise<Cut | null> {
    await unlessEnded(this.keeper.open(), signal);
    const { cut, holdings } = await this.gather(signal);
    this.isUnderWay = true;
    if (cut !== null) await this.supply(cut, holdings, signal);
    await this.keeper.goBackTo(cut?.step ?? 0);
    const start = cut && (await this.ownStart(cut, signal));
    await this.takePositions(cut, start, signal);
    signal.throwIfAborted();
    return cut;
  }

  /** All at the same time; one that cannot ends the others' attempts. */
  private async takePositions(cut: Cut | null, start: Start | null, signal: AbortSignal): Promise<void> {
    const { record, arrangement, transport, topics } = this.options;
    const { plan, links } = arrangement;
    const failed = new AbortController();
    const ended = AbortSignal.any([signal, failed.signal]);
    const open = DRIVES[record.spec.mode];
    const events = this.driveEvents();
    const own = openedUnlessEnded(open({ ...this.options, plan, links, start, events }), ended).then((drive) => {
      this.drive = drive;
    });
    const boards = assignBoards(transport, topics, record, plan, links, cut, ended);
    await Promise.all(
      [own, boards].map((each) =>
        each.catch((error) => {
          failed.abort(error);
          throw error;
        }),
      ),
    );
  }

  /** Whether boards were asked for more than what they have: until then nothing is sent in its name. */
  get hasBegun(): boolean {
    return this.isUnderWay;
  }

  /** Of the master's own node. */
  get own(): Drive | null {
    return this.drive;
  }

  /** Of the master's own position; null before it stands. */
  figures(): NodeFigures | null {
    return this.drive && withPassed(this.drive.figures(), this.keeper.passed.list());
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.drive?.close();
    await this.keeper.close();
  }

  /** The first generation begins with what nobody has to bring. */
  private async gather(signal: AbortSignal): Promise<Gathered> {
    const { record, arrangement, transport, topics, cuts, events, onGivenUp } = this.options;
    const { plan } = arrangement;
    if (this.number === 0) return { cut: null, holdings: new Map() };
    const listener = { onSilent: events.onSilent, onGivenUp };
    const holdings = await prepareBoards(transport, topics, record, plan, signal, listener);
    if (cuts.length === 0) return { cut: null, holdings };
    holdings.set(MASTER_ID, await this.keeper.inventory());
    const cut = newestHeld(cuts, holdings);
    if (cut === null) this.beginAnew(cuts, holdings);
    return { cut, holdings };
  }

  /** @throws RunError when it is worth waiting: then a board that is away may have what is missing */
  private beginAnew(cuts: readonly Cut[], holdings: Holdings): void {
    const newest = cuts.at(-1) as Cut;
    if (!areSpoilt(cuts, holdings)) throw heldByNobody(newest, missingOf(newest, holdings));
    this.options.events.onWarning(allSpoilt(newest), 0);
  }

  private async supply(cut: Cut, holdings: Holdings, signal: AbortSignal): Promise<void> {
    const { record, arrangement, transport, topics } = this.options;
    const { entries } = arrangement.plan;
    const positionOf = (agent: string) => entries.find((each) => each.agent === agent)?.position as number;
    const stages = stagesOf(record.spec.mode, entries);
    const transfers = transfersFor(stages, cut, holdings).map((transfer) => {
      const to = positionOf(transfer.to);
      return transfer.from === MASTER_ID
        ? unlessEnded(this.keeper.supply(to, transfer.snapshot), signal)
        : askToSupply(transport, topics, record, transfer, to, signal);
    });
    await Promise.all(transfers);
  }

  private async ownStart(cut: Cut, signal: AbortSignal): Promise<Start> {
    const { record, arrangement } = this.options;
    const own = stagesOf(record.spec.mode, arrangement.plan.entries).find(({ position }) => position === 0);
    return { step: cut.step, files: own ? await this.keeper.read(neededFor(own, cut.snapshots), signal) : [] };
  }

  /** What comes after the close is of no interest any more. */
  private driveEvents(): DriveEvents {
    const { events, arrangement } = this.options;
    const [own] = arrangement.plan.entries;
    const ifOpen = <Args extends unknown[]>(handler: (...args: Args) => void) => {
      return (...args: Args) => {
        if (!this.isClosed) handler(...args);
      };
    };
    return {
      onMoved: ifOpen(() => events.onMoved()),
      onLoss: ifOpen((step, sum) => events.onLoss(step, sum)),
      onStep: ifOpen((step, together) => events.onStep(step, together)),
      onEvaluated: ifOpen((part) => events.onEvaluated(part)),
      onWarning: ifOpen((error, position) => events.onWarning(error, position)),
      onFailure: ifOpen((error) => events.onFailure(error)),
      onWeights: ifOpen((file) => {
        events.onCollecting();
        this.collection.add(0, file);
      }),
      onSnapshot: ifOpen((step, file) => {
        if (own && own.firstLayer < own.endLayer) void this.keeper.keep({ ...own, step }, file);
      }),
    };
  }
}
