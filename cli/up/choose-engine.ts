// Which engine a fleet on this machine measures and computes with: that of the run file, or else that of
// the command line. Both must be the same, or the plan would rest on figures of another engine.

import { readFile } from 'node:fs/promises';
import type { RunSpec } from '../../protocol/run-spec.js';
import { type EngineChoice as EngineAsked, USUAL_ENGINE } from '../resources.js';
import { parseRunFile, readRunFile } from '../run-file.js';

export interface EngineChoice {
  readonly engine: EngineAsked;
  /** Of the run file, with that engine. */
  readonly spec: RunSpec | null;
}

export async function chooseEngine(file: string | undefined, asked: EngineAsked | undefined): Promise<EngineChoice> {
  if (file === undefined) return { engine: asked ?? USUAL_ENGINE, spec: null };
  const spec = await readRunFile(file);
  const engine = asked === undefined || (await namesEngine(file)) ? spec.engine : asked;
  return { engine, spec: { ...spec, engine } };
}

/** The schema has filled in the default, so only the text can tell. */
async function namesEngine(file: string): Promise<boolean> {
  const raw = parseRunFile(file, await readFile(file, 'utf8'));
  return typeof raw === 'object' && raw !== null && 'engine' in raw;
}
