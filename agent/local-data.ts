// A worker's own data (star, `data: local`): the board reads the files that the run names from its own folders, and
// feeds itself, one share ahead of the one that it computes. Nothing of them leaves the board.

import { Batches } from '../data/batches.js';
import type { DataSource } from '../data/data-source.js';
import { openDataSource } from '../data/open-data-source.js';
import { ConfigurationError } from '../errors.js';
import type { Incoming } from '../node/node-messages.js';
import type { Assignment } from '../protocol/assignment.js';
import { shown } from '../protocol/shown.js';

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
export async function openLocalData(assignment: Assignment, folders: readonly string[]): Promise<LocalData> {
  const { spec, position, shares = [], start } = assignment;
  const share = shares[position - 1] as number;
  const { localSteps } = spec.star;
  const seed = (spec.seed + position) % 2 ** 32;
  const source = await openDataSource(spec.data, { seed: spec.seed, folders, features: assignment.features });
  checkSamples(source.train.sampleShape, assignment);
  checkClasses(source.classNames, assignment);
  checkFeatures(source.features, assignment);
  const training = { ...spec.training, batch: share, microBatches: 1 };
  const batches = new Batches(source, { ...spec, seed, training });
  let clock = 0;
  const firstClock = Math.ceil((start?.step ?? 0) / localSteps);
  const give = (deliver: (message: Incoming) => void) => {
    for (let micro = 0; micro < localSteps; micro++) {
      const { data, targets, samples } = batches.samples(((firstClock + clock) * localSteps + micro) * share, share);
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

function checkSamples(shape: readonly number[], { inputShape }: Assignment): void {
  if (shape.join() === inputShape.join()) return;
  throw new ConfigurationError(
    `this board's samples have shape [${shape.join(', ')}], the run's [${inputShape.join(', ')}]`,
    { remedy: 'Give all boards and the master files of the same columns or pixels.' },
  );
}

/** A class index must mean the same everywhere. Where classes are numbered, a board may lack the last ones. */
function checkClasses(own: DataSource['classNames'], { classNames }: Assignment): void {
  if (own === undefined && classNames === undefined) return;
  if (own?.every((name, index) => classNames?.[index] === name)) return;
  throw otherTargets(own, classNames);
}

/** A column must mean the same everywhere: it is normalised by the mean and deviation of the run's of that name. */
function checkFeatures(own: DataSource['features'], { features: asked }: Assignment): void {
  if (asked === undefined) return;
  const other = asked.findIndex(({ name }, index) => own?.[index]?.name !== name);
  if (other === -1) return;
  const inWords = (features: DataSource['features']) => shown(features?.[other]?.name ?? null);
  throw new ConfigurationError(
    `column ${other} of this board's samples is ${inWords(own)}, of the run's ${inWords(asked)}`,
    {
      remedy: 'Give all boards and the master files of the same columns, in the same order.',
    },
  );
}

function otherTargets(own: DataSource['classNames'], asked: DataSource['classNames']): ConfigurationError {
  const inWords = (names: DataSource['classNames']) => (names === undefined ? 'numbers' : shown(names.join(', ')));
  return new ConfigurationError(`this board's targets are ${inWords(own)}, the run's ${inWords(asked)}`, {
    remedy: 'Give all boards and the master files with the same classes.',
  });
}
