// Small files in a temporary folder, for tests of what is read from disk.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Split } from '../../data/data-source.js';
import { DataError } from '../../errors.js';

export class TemporaryFolder {
  private constructor(readonly path: string) {}

  static async create(): Promise<TemporaryFolder> {
    return new TemporaryFolder(await mkdtemp(join(tmpdir(), 'ringtmp-data-')));
  }

  async write(name: string, content: string | Uint8Array): Promise<string> {
    const path = join(this.path, name);
    await writeFile(path, content);
    return path;
  }

  async remove(): Promise<void> {
    await rm(this.path, { recursive: true });
  }
}

export async function dataErrorOf(promise: Promise<unknown>): Promise<DataError> {
  const error = await promise.then(
    () => expect.fail('expected a DataError, but it succeeded'),
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(DataError);
  return error as DataError;
}

/** IDX bytes of unsigned bytes. */
export function idxBytes(dimensions: readonly number[], values: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dimensions.length + values.length);
  bytes.set([0, 0, 8, dimensions.length]);
  const view = new DataView(bytes.buffer);
  dimensions.forEach((extent, axis) => {
    view.setUint32(4 + 4 * axis, extent);
  });
  bytes.set(values, 4 + 4 * dimensions.length);
  return bytes;
}

/** All rows of a split: fine for small ones. */
export function readAll(split: Split): { samples: Float32Array; targets: Float32Array } {
  const size = split.sampleShape.reduce((product, extent) => product * extent, 1);
  const samples = new Float32Array(split.count * size);
  const targets = new Float32Array(split.count);
  split.read(
    Array.from({ length: split.count }, (_, index) => index),
    samples,
    targets,
  );
  return { samples, targets };
}

/** How many rows of each class a split has. */
export function classSizes(targets: Float32Array, classes: number): number[] {
  const sizes = new Array<number>(classes).fill(0);
  for (const target of targets) {
    sizes[target] = (sizes[target] as number) + 1;
  }
  return sizes;
}
