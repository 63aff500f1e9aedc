// A folder in memory whose power is cut after so many steps: a byte that reaches a file is one, a name that comes, goes or
// changes is one. What has reached it by then is what a later start finds.

import type { Folder } from '../../../cli/storage/folder.js';

/** One for all folders of a machine. */
export class Power {
  spent = 0;

  constructor(readonly steps = Number.POSITIVE_INFINITY) {}

  step(): void {
    if (this.spent >= this.steps) throw new PowerCut();
    this.spent += 1;
  }
}

export class PowerCut extends Error {}

export type Files = Record<string, string>;

export class CutFolder implements Folder {
  readonly name = 'a folder';
  /** What files held whose names went: it stays where it is until something else is written there. */
  readonly freed: string[] = [];
  readonly #files: Map<string, Buffer>;
  readonly #power: Power;

  constructor(files: Files, power = new Power()) {
    this.#files = new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)]));
    this.#power = power;
  }

  /** What is in it, whether there is power or not. */
  get files(): Files {
    return Object.fromEntries([...this.#files].map(([name, bytes]) => [name, bytes.toString()]));
  }

  async list(): Promise<string[]> {
    return [...this.#files.keys()];
  }

  async read(name: string): Promise<Buffer | null> {
    const bytes = this.#files.get(name);
    return bytes === undefined ? null : Buffer.from(bytes);
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    await this.scrub(name);
    this.#power.step();
    this.#files.set(name, Buffer.alloc(0));
    for (let end = 1; end <= bytes.length; end += 1) {
      this.#power.step();
      this.#files.set(name, Buffer.from(bytes.subarray(0, end)));
    }
  }

  async rename(from: string, to: string): Promise<void> {
    const bytes = this.#files.get(from);
    if (bytes === undefined) throw new Error(`there is no ${from} to rename`);
    this.#power.step();
    this.#free(to);
    this.#files.delete(from);
    this.#files.set(to, bytes);
  }

  async scrub(name: string): Promise<void> {
    const bytes = this.#files.get(name);
    if (bytes === undefined) return;
    for (let index = 0; index < bytes.length; index += 1) {
      this.#power.step();
      bytes[index] = 0;
    }
    this.#remove(name);
  }

  #remove(name: string): void {
    this.#power.step();
    this.#free(name);
    this.#files.delete(name);
  }

  #free(name: string): void {
    const bytes = this.#files.get(name);
    if (bytes !== undefined) this.freed.push(bytes.toString());
  }
}

/**
 * Runs a work again and again, cut after 0 steps, after 1, and so on until it gets through.
 * @param work what is cut, with the power that it has
 * @param check what must hold afterwards, told after how many steps it was cut, or null when it was not
 * @returns how many steps the work has
 */
export async function cutAnywhere(
  work: (power: Power) => Promise<unknown>,
  check: (steps: number | null) => Promise<void>,
): Promise<number> {
  for (let steps = 0; ; steps += 1) {
    const power = new Power(steps);
    const wasCut = await work(power).then(
      () => false,
      (error: unknown) => {
        if (error instanceof PowerCut) return true;
        throw error;
      },
    );
    await check(wasCut ? steps : null);
    if (!wasCut) return steps;
  }
}
