// A worker's own data (star, `data: local`): the board reads the files that the run names from its own folders, and
// feeds itself, one share ahead of the one that it computes. Nothing of them leaves the board.

import { Batches } from '../data/batches.js';
import { openDataSource } from '../data/open-data-source.js';
import { ConfigurationError } from '../errors.js';
import type { Incoming } from '../node/node-messages.js';
import type { Assignment } from '../protocol/messages.js';

export interface LocalData {
  /** The shares that the worker may have before it has pushed any. */
  begin(deliver: (message: Incoming) => void): void;
  /** A push has left: there is room for one more. */
  pushed(deliver: (message: Incoming) => void): void;
}

const AHEAD = 2;

/**
 * Every board draws in an order of its own, so that boards with the same files do not all see the same samples.
 * @throws DataError when a file cannot be read, ConfigurationError when its samples are not those of the run
 */
export async function openLocalData(
  { spec, position, inputShape, shares = [] }: Assignment,
  folders: readonly string[],
): Promise<LocalData> {
  const share = shares[position - 1] as number;
  const { localSteps } = spec.star;
  const seed = (spec.seed + position) % 2 ** 32;
  const source = await openDataSource(spec.data, { seed: spec.seed, folders });
  if (source.train.sampleShape.join() !== inputShape.join()) {
    throw new ConfigurationError(
      `this board's samples have shape [${source.train.sampleShape.join(', ')}], the run's [${inputShape.join(', ')}]`,
      { remedy: 'Give all boards and the master files of the same columns or pixels.' },
    );
  }
  const training = { ...spec.training, batch: share, microBatches: 1 };
  const batches = new Batches(source, { ...spec, seed, training });
  let clock = 0;
  const give = (deliver: (message: Incoming) => void) => {
    for (let micro = 0; micro < localSteps; micro++) {
      const { data, targets, samples } = batches.samples((clock * localSteps + micro) * share, share);
      deliver({ kind: 'targets', step: clock, micro, training: true, samples, data: targets });
      deliver({ kind: 'activation', step: clock, micro, data });
    }
    clock++;
  };
  return {
    begin: (deliver) => {
      for (let ahead = 0; ahead < AHEAD; ahead++) give(deliver);
    },
    pushed: give,
  };
}
