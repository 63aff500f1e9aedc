// What drives a run once its boards have their parts: the ring or the star. Both stream the data, hear what the nodes
// report, and come to the trained weights; the run around them is the same.

import type { BlasSettings } from '../compute/engines/blas-library.js';
import type { ConnectionError } from '../errors.js';
import type { Emulation } from '../node/emulation.js';
import type { Start } from '../node/node-messages.js';
import type { PlanEntry } from '../protocol/assignment.js';
import type { Peers } from '../protocol/links.js';
import type { NodeFigures } from '../protocol/node-figures.js';
import type { Topics } from '../protocol/topics.js';
import type { AlarmClock } from '../transport/alarm-clock.js';
import type { Inbox } from '../transport/inbox.js';
import type { DirectLinks } from '../transport/links.js';
import type { Transport } from '../transport/transport.js';
import type { EvaluatedMicroBatch } from './evaluation.js';
import type { Plan } from './planner.js';
import type { RunRecord } from './run-record.js';

export interface Drive {
  /** Boards that take part, as far as is known. */
  readonly workers: number;
  /** Of the master's own node. */
  figures(): NodeFigures;
  /** By the master's clock, which on emulated boards is the board's. */
  nowMs(): number;
  /** Begins, or goes on after a pause. */
  resume(): void;
  /** Sends no more of the steps that have not begun. */
  pause(): void;
  /**
   * @param code of the fault that it told; left out where it vanished
   * @returns whether the run can go on without it
   */
  onBoardLost(board: PlanEntry, code?: string): boolean;
  /** It is back as another process: what it held is lost for good. */
  onBoardReturned(board: PlanEntry): void;
  /** Whether anything is still expected of it. */
  countsOn(board: PlanEntry): boolean;
  close(): Promise<void>;
}

/** What a run hears of its drive. */
export interface DriveEvents {
  /** Something came back: the run lives. */
  onMoved(): void;
  /** Sum of the losses over samples of a step. */
  onLoss(step: number, lossSum: number): void;
  /** @param together steps that ended at once, this one included */
  onStep(step: number, together?: number): void;
  onEvaluated(part: EvaluatedMicroBatch): void;
  /** The file of the weights that the master's own node holds; those of other positions come by themselves. */
  onWeights(file: Uint8Array): void;
  /** Of the master's own stage, at a cut. */
  onSnapshot(step: number, file: Uint8Array): void;
  /** The run bears it, at a cost. */
  onWarning(error: Error, position: number): void;
  onFailure(error: Error): void;
}

/** What the master brings into a run, whatever drives it. */
export interface MasterResources {
  readonly transport: Transport;
  readonly topics: Topics;
  /** Cap on the memory of the master's own stage. */
  readonly memoryBytes: number;
  /** For that stage. */
  readonly blas: BlasSettings;
  /** Of the master's own links and stage. */
  readonly emulation?: Emulation | undefined;
  /** The master's own, which takes frames from its peers. */
  readonly inbox: Inbox | null;
  /** How long the server of a star waits for a worker that is lost. */
  readonly workerGraceMs?: number | undefined;
  /** By which it waits; the computer's unless told. */
  readonly graceClock?: Pick<AlarmClock, 'nowMs' | 'at'> | undefined;
}

export interface DriveOptions extends MasterResources {
  readonly record: RunRecord;
  readonly plan: Plan;
  /** By position; null when all frames go through the fleet's broker. */
  readonly links: readonly Peers[] | null;
  /** The cut that it goes on from, with the snapshots of the master's own stage; null: from the beginning. */
  readonly start: Start | null;
  readonly events: DriveEvents;
  /** Asked before each step: whether all are to keep a snapshot of that version. */
  isCutDue(step: number): boolean;
  /** Asked before each step. */
  isStopping(): boolean;
}

export type OpenDrive = (options: DriveOptions) => Promise<Drive>;

export function ownLinks({ links, inbox, events }: DriveOptions): DirectLinks | null {
  if (links === null) return null;
  const onFallback = (reason: ConnectionError) => events.onWarning(reason, 0);
  return { peers: links[0] as Peers, inbox, onFallback };
}
