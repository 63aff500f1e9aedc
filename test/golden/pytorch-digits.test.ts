// The same digits, weights and batches in PyTorch: at each of fifty steps the loss must be the same to
// four digits, by every engine. make_pytorch_digits.py says how the golden file was made.

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { EngineName } from '../../compute/kernels.js';
import { buildWorker } from '../../node/build.js';
import { ENGINE_NAMES, ENGINES } from '../support/engines.js';
import { type Batches, DIGITS_RUN, readBatches, STEPS } from './digits-run.js';
import { batchesFile, initialWeightsFile, sha256Of } from './golden-inputs.js';

const TOLERANCE = 1e-4;

interface Golden {
  readonly sha256: Readonly<Record<string, string>>;
  readonly losses: readonly number[];
}

describe('the golden losses of PyTorch', () => {
  const golden: Golden = JSON.parse(readFileSync('test/golden/pytorch-digits.json', 'utf8'));
  let batches: Batches;

  before(async () => {
    batches = await readBatches();
  });

  it('were made from our weights and batches', async () => {
    expect(golden.losses).to.have.length(STEPS);
    expect(golden.sha256).to.deep.equal({
      'initial.safetensors': sha256Of(await initialWeightsFile()),
      'batches.safetensors': sha256Of(batchesFile(batches)),
    });
  });

  it('tell of learning', () => {
    const { losses } = golden;
    expect(losses[0]).to.be.closeTo(Math.log(10), 0.3);
    expect(Math.max(...losses.slice(-10))).to.be.lessThan(0.7 * losses[0]!);
  });

  for (const engine of ENGINE_NAMES) {
    it(`are ours too, with the ${engine} engine`, async () => {
      const losses = await train(engine, batches);
      const differences = losses.map((loss, step) => Math.abs(loss - golden.losses[step]!) / golden.losses[step]!);
      for (const [step, difference] of differences.entries()) {
        expect(difference, `relative difference at step ${step}`).to.be.at.most(TOLERANCE);
      }
    });
  }
});

/** The mean loss of each batch, as a node computes it: micro-batch by micro-batch. */
async function train(engine: EngineName, batches: Batches): Promise<number[]> {
  const worker = await buildWorker(DIGITS_RUN, ENGINES[engine]);
  const { batch, microBatches } = DIGITS_RUN;
  return Array.from({ length: STEPS }, (_, step) => {
    let total = 0;
    for (let micro = 0; micro < microBatches; micro++) {
      const { samples, labels } = microBatchOf(batches, step, micro);
      worker.forward(step, micro, samples);
      total += worker.backwardFromLoss(step, micro, labels).loss;
    }
    worker.update();
    return total / batch;
  });
}

function microBatchOf({ samples, labels }: Batches, step: number, micro: number) {
  const { batch, microBatches } = DIGITS_RUN;
  const size = batch / microBatches;
  const begin = step * batch + micro * size;
  const width = samples.length / labels.length;
  return {
    samples: samples.subarray(begin * width, (begin + size) * width),
    labels: labels.subarray(begin, begin + size),
  };
}
