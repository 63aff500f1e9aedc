// Where a run's record begins: with its data, a model that fits them and a folder, or with what another master has left.

import { Batches } from '../data/batches.js';
import { openDataSource } from '../data/open-data-source.js';
import { idleKeys } from '../protocol/idle-keys.js';
import { type ResolvedRunSpec, resolvedRunSpecSchema } from '../protocol/run-spec.js';
import { validate } from '../protocol/validation.js';
import { checkModel } from './check-model.js';
import { withoutEffect } from './faults.js';
import type { RunHistory } from './recovery/run-history.js';
import { createRunFolder, type LeftRun } from './run-folder.js';
import { RunRecord } from './run-record.js';

export interface RunFolders {
  readonly runsFolder: string;
  /** Where runs may read their data; relative paths start in the first that has the file. */
  readonly dataFolders: readonly string[];
}

/** A run's name is a level of its topics, of at most 63 characters: room for the time and a counter. */
const NAME_CHARACTERS = 40;

/**
 * Opens the data, checks the model against it and makes the run's folder.
 * @param dilation of emulated boards: by what their time is longer than ours
 * @throws DataError, ConfigurationError
 */
export async function openRunRecord(
  spec: ResolvedRunSpec,
  { runsFolder, dataFolders }: RunFolders,
  dilation = 1,
): Promise<RunRecord> {
  const source = await openDataSource(spec.data, { seed: spec.seed, folders: dataFolders });
  checkModel(spec, source);
  const batches = new Batches(source, spec);
  const name = `${spec.name.slice(0, NAME_CHARACTERS)}-${timestamp(new Date())}`;
  const record = new RunRecord(spec, source, batches, await createRunFolder(runsFolder, name, spec), dilation);
  const idle = idleKeys(spec);
  if (idle.length > 0) record.addWarning(withoutEffect(spec.mode, idle));
  return record;
}

/**
 * Takes a run up that another master has left.
 * @throws DataError when its data are not there any more, ConfigurationError when its spec cannot be read
 */
export async function reopenRunRecord(
  { folder, spec: left, lastMetrics }: LeftRun,
  history: RunHistory,
  { dataFolders }: Pick<RunFolders, 'dataFolders'>,
  dilation = 1,
): Promise<RunRecord> {
  const spec = validate(`the run in ${folder.path}`, resolvedRunSpecSchema, left);
  const source = await openDataSource(spec.data, { seed: spec.seed, folders: dataFolders });
  const record = new RunRecord(spec, source, new Batches(source, spec), folder, dilation, history);
  if (lastMetrics) record.goOnAfter(lastMetrics.step, lastMetrics.elapsedSeconds);
  return record;
}

/** `20261121-101502`: sorts by time and fits into a topic. */
function timestamp(date: Date): string {
  return date.toISOString().replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
}
