// A file that only grows, line by line, in the order of the calls. A disk that is full holds lines up, but loses none:
// they are tried again until it takes them.

import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

export interface AppendFileOptions {
  readonly path: string;
  /** Told once for each trouble; null when it is over. */
  onTrouble(error: Error | null): void;
  /** Between two attempts. */
  readonly retryMs?: number;
}

const RETRY_MS = 1000;

export class AppendFile {
  private handle: FileHandle | null = null;
  /** What is not in the file yet. */
  private waiting: Buffer[] = [];
  private writing: Promise<void> = Promise.resolve();
  private isInTrouble = false;
  private readonly giveUp = new AbortController();

  constructor(private readonly options: AppendFileOptions) {}

  append(text: string): void {
    this.waiting.push(Buffer.from(text));
    if (this.waiting.length === 1) this.writing = this.writing.then(() => this.writeAll());
  }

  /** Resolves when all lines so far are on the disk. */
  async sync(): Promise<void> {
    await this.writing;
    await this.handle?.datasync();
  }

  /** What the disk does not take now never comes. */
  async close(): Promise<void> {
    this.giveUp.abort();
    await this.writing;
    await this.handle?.close();
    this.handle = null;
  }

  private async writeAll(): Promise<void> {
    while (this.waiting.length > 0) {
      try {
        this.handle ??= await open(this.options.path, 'a');
        await this.writeSome(this.handle);
        this.tell(null);
      } catch (error) {
        this.tell(error as Error);
        if (this.giveUp.signal.aborted) return;
        const { retryMs = RETRY_MS } = this.options;
        await setTimeout(retryMs, undefined, { signal: this.giveUp.signal }).catch(() => {});
      }
    }
  }

  /** As much as the disk takes: of a line that it cut, the rest is left. */
  private async writeSome(handle: FileHandle): Promise<void> {
    const lines = this.waiting.length;
    const all = Buffer.concat(this.waiting);
    let { bytesWritten } = await handle.write(all);
    if (bytesWritten === all.length) {
      this.waiting.splice(0, lines);
      return;
    }
    while (bytesWritten > 0) {
      const [first] = this.waiting as [Buffer];
      if (first.length <= bytesWritten) this.waiting.shift();
      else this.waiting[0] = first.subarray(bytesWritten);
      bytesWritten -= Math.min(bytesWritten, first.length);
    }
  }

  private tell(error: Error | null): void {
    const isTrouble = error !== null;
    if (isTrouble !== this.isInTrouble) this.options.onTrouble(error);
    this.isInTrouble = isTrouble;
  }
}
