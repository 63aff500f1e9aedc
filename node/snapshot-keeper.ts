// What a position does about snapshots: keeps its own and its neighbour's on the disk, keeps trying where the disk is
// full, gives away what another position needs, and waits for what it needs itself. Boards and master alike.

import { EventEmitter, once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { SnapshotEntry } from '../protocol/assignment.js';
import { encodeChunks, type TransferKey } from '../protocol/chunks.js';
import type { Topics } from '../protocol/topics.js';
import type { Place } from '../transport/data-plane.js';
import { openFileInbox } from '../transport/file-inbox.js';
import { TopicCounts } from '../transport/topic-counts.js';
import type { Subscription, Transport } from '../transport/transport.js';
import { isSame, type SnapshotFolder, type SnapshotKey } from './snapshot-folder.js';

export interface SnapshotKeeperOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  readonly place: Pick<Place, 'run' | 'generation' | 'position' | 'workers'>;
  readonly folder: SnapshotFolder;
  /** On the disk now. */
  onKept(snapshot: SnapshotEntry): void;
  /** The disk does not take it, for now. Told once for each snapshot. */
  onUnkept(error: Error): void;
  /** The trained weights of a position: the master's to hear. */
  onWeights?(key: TransferKey, file: Uint8Array): void;
  /** A part of any file came. */
  onChunk?(bytes: number): void;
  /** Between two attempts at a disk that is full. */
  readonly retryMs?: number;
}

/** Two that are committed, and the one that is on its way to be. */
const STEPS_KEPT = 3;
const RETRY_MS = 1000;

export class SnapshotKeeper {
  /** The parts of files that came, and those that were given away at the master's word. */
  readonly passed = new TopicCounts();
  private inbox: Subscription | null = null;
  private readonly closed = new AbortController();
  private readonly arrivals = new EventEmitter();
  /** One file after the other: a small board's memory card is slow enough as it is. */
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: SnapshotKeeperOptions) {
    this.arrivals.setMaxListeners(0);
  }

  /** Takes files in from now on. */
  async open(): Promise<void> {
    const { transport, topics, place, onWeights, onChunk } = this.options;
    this.inbox = await openFileInbox({
      transport,
      topics,
      place,
      onChunk: (bytes) => {
        this.passed.count(topics.data(place.run, place.position, 'weights'), 'in', bytes);
        onChunk?.(bytes);
      },
      onFile: (key, file) => (key.content === 'weights' ? onWeights?.(key, file) : void this.keep(key, file)),
    });
  }

  /** Resolves when it is on the disk, or the keeper is closed. */
  keep({ step, firstLayer, endLayer }: SnapshotKey, file: Uint8Array): Promise<void> {
    this.writing = this.writing.then(() => this.write({ step, firstLayer, endLayer }, file));
    return this.writing;
  }

  /** What is whole on the disk. */
  inventory(): Promise<SnapshotEntry[]> {
    return this.options.folder.inventory();
  }

  /** The run goes on from that step: what was kept after it will be kept again. */
  async goBackTo(step: number): Promise<void> {
    await this.options.folder.deleteAfter(step);
  }

  /**
   * Once all of them are there, which others may be about to send.
   * @throws the signal's reason, DataError when one cannot be read
   */
  async read(snapshots: readonly SnapshotEntry[], signal: AbortSignal): Promise<Uint8Array[]> {
    const either = AbortSignal.any([signal, this.closed.signal]);
    for (;;) {
      // Listened for before looking: what comes meanwhile must not be missed.
      const arrival = once(this.arrivals, 'kept', { signal: either });
      arrival.catch(() => {}); // unless it is waited for
      if (hasAll(await this.inventory(), snapshots)) break;
      await arrival;
    }
    return Promise.all(snapshots.map((each) => this.options.folder.read(each)));
  }

  /**
   * Sends what is on the disk to another position of the run.
   * @throws DataError when it is not there, or not whole
   */
  async supply(to: number, snapshot: SnapshotEntry): Promise<void> {
    const { transport, topics, place, folder } = this.options;
    const { run, generation, position: from } = place;
    const { step, firstLayer, endLayer } = snapshot;
    const key: TransferKey = { run, generation, content: 'snapshot', from, step, firstLayer, endLayer };
    for (const chunk of encodeChunks(key, await folder.read(snapshot))) {
      const topic = topics.data(run, to, 'weights');
      await transport.publish(topic, chunk, { qos: 1 });
      this.passed.count(topic, 'out', chunk.length);
    }
  }

  async close(): Promise<void> {
    this.closed.abort();
    await this.inbox?.close();
    await this.writing;
  }

  private async write(key: SnapshotKey, file: Uint8Array): Promise<void> {
    const { folder, retryMs = RETRY_MS, onKept, onUnkept } = this.options;
    for (let attempt = 1; !this.closed.signal.aborted; attempt++) {
      try {
        const entry = await folder.save(key, file);
        // What a run goes back to may be older than all that is left here of steps which are to be done again.
        await folder.keepNewest(STEPS_KEPT, entry.step);
        this.arrivals.emit('kept');
        onKept(entry);
        return;
      } catch (error) {
        if (attempt === 1) onUnkept(error as Error);
        await setTimeout(retryMs, undefined, { signal: this.closed.signal }).catch(() => {});
      }
    }
  }
}

function hasAll(there: readonly SnapshotEntry[], asked: readonly SnapshotEntry[]): boolean {
  return asked.every((each) => there.some((other) => isSame(each, other)));
}
