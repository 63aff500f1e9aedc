// The results of a comparison on disk, a file for each, so that an interrupted one goes on where it was. What is there must
// be of the same definition; it is never mixed with what differs.

import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ZodType } from 'zod';
import { differenceOf, hashOf } from '../../comparison/definition.js';
import { type RecoveryResult, recoveryResultSchema } from '../../comparison/recovery.js';
import { type RunResult, runResultSchema } from '../../comparison/result.js';
import { ConfigurationError } from '../../errors.js';
import { runSpecSchema } from '../../protocol/run-spec.js';
import { makeOutputFolder } from '../output-folder.js';

/** What belongs to a comparison in its folder; nothing else is ever removed. */
const OURS = /^[\w-]+\.(json|json\.new|metrics\.csv|figures\.json|journal\.ndjson)$/;

interface Kept {
  readonly hash: string;
  readonly definition: { readonly spec?: unknown };
}

/** Of the runs, in `runs/`. */
export function runStore(folder: string): ResultStore<RunResult> {
  return new ResultStore(folder, 'runs', runResultSchema);
}

/** Of how contestants got over faults, in `recovery/`. */
export function recoveryStore(folder: string): ResultStore<RecoveryResult> {
  return new ResultStore(folder, 'recovery', recoveryResultSchema);
}

export class ResultStore<Result extends Kept> {
  constructor(
    readonly folder: string,
    private readonly place: string,
    private readonly schema: ZodType<Result>,
  ) {}

  get runs(): string {
    return join(this.folder, this.place);
  }

  /** @throws ConfigurationError when the folder cannot be made */
  open(): Promise<void> {
    return makeOutputFolder(this.runs);
  }

  async clear(): Promise<void> {
    const names = (await readdir(this.runs).catch(() => [])).filter((name) => OURS.test(name));
    await Promise.all(names.map((name) => rm(join(this.runs, name))));
  }

  /**
   * The result of this name, if there is one.
   * @throws ConfigurationError when it is of another definition, saying in what
   */
  async fitting(name: string, definition: Result['definition']): Promise<Result | null> {
    const text = await readFile(this.#path(name), 'utf8').catch(() => null);
    if (text === null) return null;
    const result = this.schema.safeParse(parsed(text));
    if (!result.success) throw this.#misfit(`${this.#path(name)} is no result of this version`);
    const { data } = result;
    const there = upToDate(data.definition);
    if (data.hash === hashOf(definition) || hashOf(there) === hashOf(definition)) return data;
    const difference = differenceOf(there, JSON.parse(JSON.stringify(definition)));
    const what = difference
      ? `${difference.key} was ${difference.there}, and is ${difference.here} now`
      : 'its hash is not that of what it holds';
    throw this.#misfit(`${this.#path(name)} is of another comparison: ${what}`);
  }

  /** Whole or not at all. The result comes last: where it is, all is. */
  async save(name: string, result: Result, raw: ReadonlyMap<string, string>): Promise<void> {
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

/** A key that the run file has had only since then was as it is where nobody says. */
function upToDate(definition: Kept['definition']): Kept['definition'] {
  const { success, data } = runSpecSchema.safeParse(definition.spec);
  return success ? { ...definition, spec: data } : definition;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
