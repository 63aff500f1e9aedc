// Writes what make_pytorch_digits.py starts from: `initial.safetensors`, our initial weights, and
// `batches.safetensors`, the samples, labels and order of the 50 batches.
//
//   node dist/test/golden/export-initial.js <folder>

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readBatches } from './digits-run.js';
import { batchesFile, initialWeightsFile } from './golden-inputs.js';

const [, , folder] = process.argv;
if (folder === undefined) {
  console.error('Usage: node dist/test/golden/export-initial.js <folder>');
  process.exitCode = 1;
} else {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'initial.safetensors'), await initialWeightsFile());
  await writeFile(join(folder, 'batches.safetensors'), batchesFile(await readBatches()));
}
