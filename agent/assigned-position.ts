// The position that this board holds in a run, if any: taken with `assign`, given up with `release`.

import type { BlasSettings } from '../compute/engines/blas-library.js';
import { CommandError, type ConnectionError, type ErrorReport, reportOf } from '../errors.js';
import { stageSpecOf } from '../node/assignment.js';
import type { Emulation } from '../node/emulation.js';
import type { Outgoing, Start } from '../node/node-messages.js';
import type { SnapshotKeeper } from '../node/snapshot-keeper.js';
import type { Assignment, Preparation, SnapshotEntry } from '../protocol/assignment.js';
import type { NodeFigures } from '../protocol/node-figures.js';
import type { Topics } from '../protocol/topics.js';
import { atMost } from '../transport/at-most.js';
import type { Inbox } from '../transport/inbox.js';
import type { DirectLinks } from '../transport/links.js';
import type { Transport } from '../transport/transport.js';
import type { Logger } from './agent.js';
import { BoardSnapshots } from './board-snapshots.js';
import type { EnergyMeter } from './energy-meter.js';
import { checkPlace, type HeldNode, type HeldPosition, metered, withFiles } from './held-position.js';
import { PositionEvents } from './position-events.js';

export interface AssignedPositionOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  /** What takes direct links, if anything does. */
  readonly inbox: Inbox | null;
  readonly blas: BlasSettings;
  readonly memoryBytes: number;
  readonly emulation?: Emulation | undefined;
  /** Where runs may read this board's own data. */
  readonly dataFolders: readonly string[];
  /** For the snapshots of runs. */
  readonly snapshotsFolder: string;
  /** Of a real board that measures its power, or knows a model of it. */
  readonly meter?: EnergyMeter | undefined;
  readonly log: Logger;
}

export class AssignedPosition {
  private held: HeldPosition | null = null;
  private hasFailed = false;
  private tellLast: () => void = () => {};
  /** Of the position that is held. */
  private givenUp: Promise<void> = Promise.resolve();
  private onGivenUp: () => void = () => {};
  private changing: Promise<void> = Promise.resolve();
  /** Of a position that is being taken: what comes after it need not wait for its files. */
  private taking = new AbortController();

  private readonly events: PositionEvents;
  private readonly snapshots: BoardSnapshots;

  constructor(private readonly options: AssignedPositionOptions) {
    const { transport, topics, snapshotsFolder, log } = options;
    this.events = new PositionEvents(transport, topics, log);
    this.snapshots = new BoardSnapshots({ transport, topics, folder: snapshotsFolder, log });
  }

  get current(): HeldPosition | null {
    return this.held;
  }

  /** Whether the last position of this board ended in a fault: until it takes the next one. */
  get failed(): boolean {
    return this.hasFailed;
  }

  /** Called before a position is given up, while its figures can still be told. */
  onGivingUp(handler: () => void): void {
    this.tellLast = handler;
  }

  /**
   * Gives up what is held, and takes files in for the position that is to come.
   * @returns what this board has of the run, and the last figures of the position that it gave up, if that was of the same run
   */
  prepare(preparation: Preparation): Promise<{ snapshots: SnapshotEntry[]; figures: NodeFigures | null }> {
    this.overtake();
    return this.inTurn(async () => {
      const isOfRun = this.held?.assignment.run === preparation.run;
      const figures = await this.giveUp();
      const keeper = await this.snapshots.open(preparation);
      return { snapshots: await keeper.inventory(), figures: isOfRun ? figures : null };
    });
  }

  /** Gives another position a snapshot that this board has. */
  supply(run: string, to: number, snapshot: SnapshotEntry): Promise<void> {
    return this.snapshots.supply(run, to, snapshot);
  }

  /** Builds the stage and opens the links; what was held before is given up. */
  take(assignment: Assignment): Promise<void> {
    const { signal } = this.overtake();
    return this.inTurn(async () => {
      await this.giveUp();
      this.hasFailed = false;
      const node = await this.open(assignment, signal);
      this.held = { assignment, node: metered(node, this.options.meter) };
      this.givenUp = new Promise((resolve) => {
        this.onGivenUp = resolve;
      });
      const { run, position, firstLayer, endLayer } = assignment;
      this.options.log.info({ run, position, firstLayer, endLayer }, 'position taken');
    });
  }

  /**
   * The run is over.
   * @returns the last figures of its position, if this board held it
   */
  release(run: string): Promise<NodeFigures | null> {
    this.overtake();
    return this.forget(run);
  }

  /** The same, of a run that may have been over for long: what this board has been given since then is not disturbed. */
  forget(run: string): Promise<NodeFigures | null> {
    return this.inTurn(async () => {
      const figures = this.held?.assignment.run === run ? await this.giveUp() : null;
      await this.snapshots.forget(run);
      return figures;
    });
  }

  /** Of which this board has anything. */
  async runs(): Promise<string[]> {
    const own = this.held?.assignment.run;
    return [...new Set([...(own === undefined ? [] : [own]), ...(await this.snapshots.runs())])];
  }

  /**
   * Asks the master to give this board's place away.
   * @returns once that is done, or after the time-out
   */
  async handOver(timeoutMs: number): Promise<void> {
    if (this.held === null || this.hasFailed) return;
    const { assignment } = this.held;
    this.events.leaving(assignment, timeoutMs);
    await atMost(timeoutMs, this.givenUp);
  }

  /** Whatever is held; the run may go on from its snapshots. */
  leave(): Promise<void> {
    this.overtake();
    return this.inTurn(async () => {
      await this.giveUp();
      await this.snapshots.close();
    });
  }

  /** Loads the node only now: an idle board does without its memory. */
  private async open(assignment: Assignment, overtaken: AbortSignal): Promise<HeldNode> {
    const { transport, topics, blas, memoryBytes, emulation, dataFolders } = this.options;
    const { run, generation, position, workers, window, spec } = assignment;
    checkPlace(assignment);
    const keeper = await this.snapshots.open(assignment);
    const onFailure = (error: Error) => this.onFault(assignment, reportOf(error));
    const options = {
      transport,
      topics,
      memoryBytes,
      blas,
      place: { run, generation, mode: spec.mode, position, workers },
      links: this.linksOf(assignment),
      stage: stageSpecOf(assignment),
      engine: spec.engine,
      emulation,
      wire: spec.wire,
      onReport: (report: Outgoing) => this.onReport(assignment, report),
      onFailure,
    };
    if (spec.mode === 'star') {
      const { openStarWorker } = await import('./star-worker.js');
      return openStarWorker({ ...options, onPeerLost: onFailure }, assignment, dataFolders);
    }
    const { openRingPosition } = await import('../node/ring.js');
    const start = await startOf(assignment, keeper, overtaken);
    const onSnapshot = (snapshot: Extract<Outgoing, { kind: 'snapshot' }>) => {
      void keeper.keep({ ...assignment, step: snapshot.step }, snapshot.file);
      node.replicate(snapshot).catch(onFailure);
    };
    const node = await openRingPosition({
      ...options,
      window,
      start,
      onReport: (report) => (report.kind === 'snapshot' ? onSnapshot(report) : options.onReport(report)),
    });
    return withFiles(node, keeper);
  }

  private linksOf(assignment: Assignment): DirectLinks | null {
    if (assignment.links === null) return null;
    const onFallback = (reason: ConnectionError) => this.events.warning(assignment, reportOf(reason));
    return { peers: assignment.links, inbox: this.options.inbox, onFallback };
  }

  /** Of what a node reports, a board tells its faults; losses and updates are the master's own. */
  private onReport(assignment: Assignment, report: Outgoing): void {
    if (report.kind !== 'fault') return;
    const { message, remedy } = report;
    this.onFault(assignment, { code: 'compute', message, ...(remedy !== undefined && { remedy }) });
  }

  private onFault(assignment: Assignment, error: ErrorReport): void {
    this.hasFailed = true;
    this.events.fault(assignment, error);
  }

  private async giveUp(): Promise<NodeFigures | null> {
    const { held } = this;
    if (held === null) return null;
    await this.options.meter?.sample();
    this.tellLast();
    const figures = held.node.figures();
    this.held = null;
    await held.node.close();
    this.onGivenUp();
    this.options.log.info({ run: held.assignment.run }, 'position released');
    return figures;
  }

  private overtake(): AbortController {
    this.taking.abort(new CommandError('the board was given something else to do meanwhile'));
    this.taking = new AbortController();
    return this.taking;
  }

  private inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
    const result = this.changing.then(change);
    this.changing = result.then(
      () => {},
      () => {},
    );
    return result;
  }
}

/** Longer than it takes to send a stage of a few hundred megabytes over a slow link. */
const SUPPLY_TIMEOUT_MS = 120_000;

/** @throws DataError, or after a time out, when what it starts with does not come */
async function startOf(
  { start }: Assignment,
  keeper: SnapshotKeeper,
  overtaken: AbortSignal,
): Promise<Start | undefined> {
  await keeper.goBackTo(start?.step ?? 0);
  const ended = AbortSignal.any([overtaken, AbortSignal.timeout(SUPPLY_TIMEOUT_MS)]);
  return start && { step: start.step, files: await keeper.read(start.snapshots, ended) };
}
