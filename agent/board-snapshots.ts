// The snapshots on this board's disk: of one run at a time, in a folder of its name.

import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, reportOf } from '../errors.js';
import { SnapshotFolder } from '../node/snapshot-folder.js';
import { SnapshotKeeper } from '../node/snapshot-keeper.js';
import type { Preparation, SnapshotEntry } from '../protocol/assignment.js';
import type { RunEvent } from '../protocol/run-messages.js';
import { NAME_PATTERN, type Topics } from '../protocol/topics.js';
import type { Transport } from '../transport/transport.js';
import type { Logger } from './agent.js';

export interface BoardSnapshotsOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  /** Of all runs. */
  readonly folder: string;
  readonly log: Logger;
}

export class BoardSnapshots {
  private place: Preparation | null = null;
  private keeper: SnapshotKeeper | null = null;

  constructor(private readonly options: BoardSnapshotsOptions) {}

  /** Takes files in for that position, if it does not yet. */
  async open({ run, generation, position, workers }: Preparation): Promise<SnapshotKeeper> {
    const { place } = this;
    const isSame = place?.run === run && place.generation === generation && place.position === position;
    if (this.keeper && isSame) return this.keeper;
    await this.close();
    await this.forgetOthers(run);
    this.place = { run, generation, position, workers };
    this.keeper = await this.openKeeper(this.place);
    return this.keeper;
  }

  /** @throws CommandError when nothing was prepared for that run, DataError when it is not there */
  async supply(run: string, to: number, snapshot: SnapshotEntry): Promise<void> {
    if (this.keeper && this.place?.run === run) return this.keeper.supply(to, snapshot);
    throw new CommandError(`this board takes no part in run ${run}`);
  }

  /** The run is over: its snapshots are of no use. */
  async forget(run: string): Promise<void> {
    if (this.place?.run === run) await this.close();
    await this.folderOf(run).remove();
  }

  /** Of which there are any. */
  async runs(): Promise<string[]> {
    const names = await readdir(this.options.folder).catch(() => []);
    return names.filter((name) => NAME_PATTERN.test(name));
  }

  async close(): Promise<void> {
    await this.keeper?.close();
    this.keeper = null;
    this.place = null;
  }

  private async openKeeper(place: Preparation): Promise<SnapshotKeeper> {
    const { transport, topics, log } = this.options;
    const { run, generation, position } = place;
    const tell = (event: Pick<RunEvent, 'type' | 'snapshot' | 'error'>) => {
      const message: RunEvent = { time: Date.now(), position, generation, ...event };
      transport.publish(topics.runEvents(run), JSON.stringify(message), { qos: 1 }).catch(() => {}); // a cut that is not told never counts
    };
    const keeper = new SnapshotKeeper({
      transport,
      topics,
      place,
      folder: this.folderOf(run),
      onKept: (snapshot) => tell({ type: 'kept', snapshot }),
      onUnkept: (cause) => {
        const error = reportOf(cause);
        log.warn({ run, position, error }, 'a snapshot cannot be kept');
        tell({ type: 'unkept', error });
      },
    });
    await keeper.open();
    return keeper;
  }

  /** A fleet has one run at a time: those of another that never said goodbye are of no use. */
  private async forgetOthers(run: string): Promise<void> {
    const { folder } = this.options;
    const others = (await readdir(folder).catch(() => [])).filter((name) => name !== run);
    await Promise.all(others.map((name) => rm(join(folder, name), { recursive: true, force: true })));
  }

  private folderOf(run: string): SnapshotFolder {
    return new SnapshotFolder(join(this.options.folder, run));
  }
}
