// Saves the trained model of a run. A disk that is full holds the run's end up, but loses nothing.

import { setTimeout } from 'node:timers/promises';
import { DataError } from '../errors.js';
import { modelFile } from './model-file.js';
import type { RunRecord } from './run-record.js';

/** Between two attempts. */
const SAVE_AGAIN_MS = 1000;

/**
 * Resolves when it is on the disk.
 * @param files of all stages, in the order of the layers
 * @param onTrouble told with each attempt that fails
 * @throws FrameError when the files are none, the signal's reason
 */
export async function saveModel(
  record: RunRecord,
  files: readonly Uint8Array[],
  onTrouble: (error: DataError) => void,
  signal: AbortSignal,
): Promise<void> {
  const model = modelFile(record, files);
  for (;;) {
    try {
      await record.folder.saveModel(model);
      return;
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      onTrouble(error);
    }
    await setTimeout(SAVE_AGAIN_MS, undefined, { signal });
  }
}
