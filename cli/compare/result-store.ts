// The results of a comparison on disk, a file for each run, so that an interrupted one goes on where it was. What
// is there must be of the same definition; it is never mixed with what differs.

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Definition, differenceOf, hashOf } from '../../comparison/definition.js';
import { type RunResult, runResultSchema } from '../../comparison/result.js';
import { ConfigurationError } from '../../errors.js';

/** What belongs to a comparison in its folder; nothing else is ever removed. */
const OURS = /^[\w-]+\.(json|json\.new|metrics\.csv|figures\.json|journal\.ndjson)$/;

export class ResultStore {
  constructor(readonly folder: string) {}

  get runs(): string {
    return join(this.folder, 'runs');
  }

  /** @throws ConfigurationError when the folder cannot be made */
  async open(): Promise<void> {
    await mkdir(this.runs, { recursive: true }).catch((cause: Error) => {
      throw new ConfigurationError(`cannot write to ${this.folder}: ${cause.message}`, {
        remedy: 'Name another folder with --output.',
        cause,
      });
    });
  }

  async clear(): Promise<void> {
    const names = (await readdir(this.runs)).filter((name) => OURS.test(name));
    await Promise.all(names.map((name) => rm(join(this.runs, name))));
  }

  /**
   * The result of this name, if there is one.
   * @throws ConfigurationError when it is of another definition, saying in what
   */
  async fitting(name: string, definition: Definition): Promise<RunResult | null> {
    const text = await readFile(this.#path(name), 'utf8').catch(() => null);
    if (text === null) return null;
    const result = runResultSchema.safeParse(parsed(text));
    if (!result.success) throw this.#misfit(`${this.#path(name)} is no result of this version`);
    const { data } = result;
    if (data.hash === hashOf(definition)) return data;
    const difference = differenceOf(data.definition, JSON.parse(JSON.stringify(definition)));
    const what = difference
      ? `${difference.key} was ${difference.there}, and is ${difference.here} now`
      : 'its hash is not that of what it holds';
    throw this.#misfit(`${this.#path(name)} is of another comparison: ${what}`);
  }

  /** Whole or not at all. The result comes last: where it is, all is. */
  async save(name: string, result: RunResult, raw: ReadonlyMap<string, string>): Promise<void> {
    for (const [ending, text] of raw) await writeFile(join(this.runs, `${name}.${ending}`), text);
    const path = this.#path(name);
    await writeFile(`${path}.new`, `${JSON.stringify(result, null, 1)}\n`);
    await rename(`${path}.new`, path);
  }

  #path(name: string): string {
    return join(this.runs, `${name}.json`);
  }

  #misfit(message: string): ConfigurationError {
    return new ConfigurationError(message, {
      remedy: 'Name another folder with --output, or begin anew with --fresh, which removes what is there.',
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
