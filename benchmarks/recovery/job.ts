// What trains while cuts are measured and faults befall it: the network and the batches of examples/digits.yaml on four
// boards, for as long as it is let. Hardly anything is held out, so that evaluations do not hide what a cut costs.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRunFile } from '../../cli/run-file.js';
import type { EngineName } from '../../compute/kernels.js';
import type { RunSpec } from '../../protocol/run-spec.js';

export interface Variant {
  /** In ids of rows. */
  readonly key: 'sync' | 'async' | 'star';
  /** For people. */
  readonly name: string;
  readonly mode: RunSpec['mode'];
  readonly schedule: RunSpec['training']['schedule'];
}

export const VARIANTS: readonly Variant[] = [
  { key: 'sync', name: 'ring, sync', mode: 'ring', schedule: 'sync' },
  { key: 'async', name: 'ring, async', mode: 'ring', schedule: 'async' },
  { key: 'star', name: 'star, bsp', mode: 'star', schedule: 'sync' },
];
export const BOARDS = 4;

/** More than anybody waits for. */
const EPOCHS = 100_000;
const HELD_OUT = 64;
const EXAMPLE = fileURLToPath(new URL('../../../examples/digits.yaml', import.meta.url));
export const EXAMPLE_NAME = join('examples', 'digits.yaml');

export async function jobOf(
  { mode, schedule }: Variant,
  engine: EngineName | 'auto',
  snapshots: RunSpec['snapshots'],
): Promise<RunSpec> {
  const { optimizer, training, ...spec } = await readRunFile(EXAMPLE);
  return {
    ...spec,
    data: { source: 'mnist', holdOut: HELD_OUT },
    optimizer: { ...optimizer, schedule: { type: 'constant' } },
    training: { ...training, epochs: EPOCHS, schedule },
    boards: BOARDS,
    mode,
    engine,
    snapshots,
  };
}
