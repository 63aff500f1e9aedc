// A model of equal stages, large enough that its messages are cheap beside its products, and data for it.
// Each stage is four dense layers of 1024 x 1024. The very first layer has no gradient of its input to
// compute, one product of three: with 1536 inputs instead of 1024 it costs as much as the others.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineName } from '../../compute/kernels.js';
import { fillUniform } from '../../compute/random.js';

export interface Workload {
  readonly units: number;
  readonly layersPerStage: number;
  readonly stages: number;
  readonly batch: number;
  readonly microBatches: number;
  readonly steps: number;
  /** Steps that do not count: the pipe fills and the machine warms up. */
  readonly warmUpSteps: number;
}

export const FULL: Workload = {
  units: 1024,
  layersPerStage: 4,
  stages: 2,
  batch: 512,
  microBatches: 8,
  steps: 20,
  warmUpSteps: 4,
};
export const QUICK: Workload = { ...FULL, units: 128, batch: 64, steps: 12, warmUpSteps: 2 };

const CLASSES = 10;

/** Inputs, then the outputs of each layer. */
export function sizesOf({ units, layersPerStage, stages }: Workload): number[] {
  return [1.5 * units, ...Array.from({ length: layersPerStage * stages }, () => units), CLASSES];
}

/** One message between two boards, in bytes of its tensor. */
export function messageBytes({ units, batch, microBatches }: Workload): number {
  return (4 * units * batch) / microBatches;
}

/** How boards and links work together; keys that this version's run files do not know are refused by it. */
export interface Variant {
  readonly schedule: string;
  /** Left out where the run file knows only one kind. */
  readonly links?: string;
}

/** A run file. */
export function runOf(workload: Workload, engine: EngineName | 'auto', folder: string, variant?: Variant): object {
  const { units, batch, microBatches, steps } = workload;
  const hidden = sizesOf(workload).slice(1, -1);
  const files = (name: string) => ({ images: join(folder, `${name}.idx`), labels: join(folder, `${name}-labels.idx`) });
  return {
    name: `bench-${units}`,
    data: { source: 'idx', train: files('train'), test: files('test') },
    model: {
      layers: [
        { type: 'flatten' },
        ...hidden.map((size) => ({ type: 'dense', units: size, activation: 'relu' })),
        { type: 'dense', units: CLASSES },
      ],
    },
    loss: 'softmaxCrossEntropy',
    optimizer: { type: 'sgd', learningRate: 0.001 },
    training: { steps, epochs: 1, batch, microBatches, ...(variant && { schedule: variant.schedule }) },
    ...(variant?.links !== undefined && { links: variant.links }),
    engine,
  };
}

/** Random rows of bytes, one epoch of them, and a few that are held out. */
export async function writeData(workload: Workload): Promise<{ folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'ringtmp-bench-'));
  const { batch, microBatches, steps } = workload;
  await writeSet(folder, 'train', batch * steps, sizesOf(workload)[0] as number);
  await writeSet(folder, 'test', batch / microBatches, sizesOf(workload)[0] as number);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export async function writeSet(folder: string, name: string, count: number, pixels: number): Promise<void> {
  const values = new Float32Array(pixels);
  const images = new Uint8Array(count * pixels);
  for (let sample = 0; sample < count; sample++) {
    fillUniform(values, 127, 1, sample, 0);
    for (let i = 0; i < pixels; i++) images[sample * pixels + i] = 128 + (values[i] as number);
  }
  const labels = Uint8Array.from({ length: count }, (_, sample) => sample % CLASSES);
  await writeFile(join(folder, `${name}.idx`), idx([count, pixels], images));
  await writeFile(join(folder, `${name}-labels.idx`), idx([count], labels));
}

/** Unsigned bytes; the dimensions are big-endian. */
function idx(dimensions: readonly number[], values: Uint8Array): Uint8Array {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, 0x08, dimensions.length]);
  for (const [axis, extent] of dimensions.entries()) header.writeUInt32BE(extent, 4 + 4 * axis);
  return Buffer.concat([header, values]);
}
