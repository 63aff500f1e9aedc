// A data source of four IDX files: images and labels, to train on and held out, as MNIST and
// Fashion-MNIST are published. Pixels stay bytes; a read divides them by 255.

import { basename, dirname } from 'node:path';
import { DataError } from '../errors.js';
import { findDataFile } from './data-files.js';
import type { DataSource, IdxPaths, IdxSpec } from './data-source.js';
import { type IdxArray, MOST_BYTES, readIdx } from './idx-file.js';
import { splitOf, type Table } from './table.js';

const WHITE = 255;

/** @throws DataError when a file is missing or malformed, or the four do not belong together */
export async function openIdx(spec: IdxSpec, folders: readonly string[]): Promise<DataSource> {
  const train = await openPair(spec.train, folders);
  const test = await openPair(spec.test, folders);
  checkSameShape(spec, train, test);
  const highest = Math.max(highestOf(train.targets), highestOf(test.targets));
  return {
    name: basename(dirname(train.path)),
    train: splitOf(train),
    test: splitOf(test),
    classNames: Array.from({ length: highest + 1 }, (_, label) => String(label)),
  };
}

interface Pair extends Table {
  readonly targets: Uint8Array;
  /** Of the images. */
  readonly path: string;
}

async function openPair(paths: IdxPaths, folders: readonly string[]): Promise<Pair> {
  const read = async (name: string) => readIdx(await findDataFile(folders, { name, mostBytes: MOST_BYTES }));
  const images = await read(paths.images);
  const labels = await read(paths.labels);
  checkRanks(images, labels);
  const [count, ...sampleShape] = images.dimensions;
  if (count !== labels.values.length) {
    throw new DataError(`${images.path} holds ${count} images, but ${labels.path} ${labels.values.length} labels`, {
      remedy: 'Name images and labels of the same set: train with train, t10k with t10k.',
    });
  }
  return { samples: images.values, divisor: WHITE, targets: labels.values, sampleShape, path: images.path };
}

function checkRanks(images: IdxArray, labels: IdxArray): void {
  const remedy = 'Check that images and labels are not swapped in the run file.';
  if (images.dimensions.length < 2) {
    throw new DataError(`${images.path} has 1 dimension, images have at least 2 (count and pixels)`, { remedy });
  }
  if (labels.dimensions.length !== 1) {
    throw new DataError(`${labels.path} has ${labels.dimensions.length} dimensions, labels have 1`, { remedy });
  }
}

function checkSameShape(spec: IdxSpec, train: Table, test: Table): void {
  const [trained, tested] = [train.sampleShape.join(' x '), test.sampleShape.join(' x ')];
  if (trained !== tested) {
    throw new DataError(`images of ${spec.train.images} are ${trained}, but those of ${spec.test.images} ${tested}`, {
      remedy: 'Name training and test files of the same data set.',
    });
  }
}

function highestOf(labels: Uint8Array): number {
  return labels.reduce((highest, label) => Math.max(highest, label), 0);
}
