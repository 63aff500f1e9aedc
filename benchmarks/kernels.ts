// Samples a second of one training step on one core, an engine beside PyTorch.
// Both are measured in turn over several rounds; what counts is the median and the ratio of medians.
//
//   node dist/benchmarks/kernels.js [--json] [--rounds 5] [--seconds 1] [--python /usr/bin/python3] \
//     [--engine wasm] [--fused]
//
// PyTorch is as fast as its BLAS. To have it use another one: LD_LIBRARY_PATH=<directory of libblas.so.3>.

import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { createEngine } from '../compute/create-engine.js';
import type { EngineName } from '../compute/kernels.js';
import { denseStep, floatsFor } from './dense-step.js';
import { type PyTorchAbout, type PyTorchPeer, startPyTorch } from './peers/pytorch-peer.js';

const BATCH = 32;
const MODELS: readonly (readonly number[])[] = [
  [784, 128, 64, 10],
  [784, 512, 512, 10],
];
const WARM_UP_SECONDS = 1;

interface Comparison {
  readonly model: string;
  /** Medians, in samples a second. */
  readonly ours: number;
  readonly pytorch: number | null;
  readonly ratio: number | null;
  readonly gflops: number;
}

interface Options {
  readonly rounds: number;
  readonly seconds: number;
  readonly engine: EngineName;
  /** SGD within backward, as in a run of one micro-batch a step. */
  readonly fused: boolean;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '1' },
      engine: { type: 'string', default: 'wasm' },
      fused: { type: 'boolean', default: false },
      python: { type: 'string', default: '/usr/bin/python3' },
    },
  });
  const engine = values.engine as EngineName;
  const options = { rounds: Number(values.rounds), seconds: Number(values.seconds), engine, fused: values.fused };
  const peer = await startPyTorch(values.python);
  const comparisons: Comparison[] = [];
  for (const sizes of MODELS) comparisons.push(await compare(sizes, peer, options));
  peer?.close();
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', node: process.version, date: new Date().toISOString() };
  const report = { ...machine, batch: BATCH, ...options, pytorch: described(peer), comparisons };
  if (values.json) console.log(JSON.stringify(report, null, 2));
  else print(machine, peer?.about ?? null, comparisons, engine);
}

/** A ratio against a BLAS that is not optimised says little: whoever reads the figures must see that. */
function described(peer: PyTorchPeer | null): (PyTorchAbout & { optimisedBlas: boolean }) | null {
  return peer === null ? null : { ...peer.about, optimisedBlas: isOptimised(peer.about) };
}

function isOptimised({ blas }: PyTorchAbout): boolean {
  return /openblas|mkl|blis/.test(blas);
}

async function compare(sizes: readonly number[], peer: PyTorchPeer | null, options: Options): Promise<Comparison> {
  const engine = await createEngine(options.engine)(floatsFor(sizes, BATCH));
  const step = denseStep(engine, sizes, BATCH, options.fused);
  samplesPerSecond(step, WARM_UP_SECONDS);
  const own: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < options.rounds; round++) {
    own.push(samplesPerSecond(step, options.seconds));
    if (peer !== null) theirs.push(await peer.samplesPerSecond(sizes, BATCH, options.seconds));
  }
  const ours = median(own);
  const pytorch = peer === null ? null : median(theirs);
  const ratio = pytorch === null ? null : ours / pytorch;
  return { model: sizes.join('-'), ours, pytorch, ratio, gflops: (ours * flopsPerSample(sizes)) / 1e9 };
}

function samplesPerSecond(step: () => number, seconds: number): number {
  const start = performance.now();
  for (let steps = 8; ; steps += 8) {
    for (let call = 0; call < 8; call++) step();
    const elapsedMs = performance.now() - start;
    if (elapsedMs >= 1000 * seconds) return (1000 * steps * BATCH) / elapsedMs;
  }
}

/** Multiplications and additions of the products: three a weight, but no input gradient in the first layer. */
function flopsPerSample(sizes: readonly number[]): number {
  return sizes.slice(1).reduce((sum, outputs, index) => {
    const weights = outputs * (sizes[index] as number);
    return sum + (index === 0 ? 4 : 6) * weights;
  }, 0);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] as number)) / 2;
}

function print(
  machine: { cpu: string; node: string; date: string },
  pytorch: PyTorchAbout | null,
  comparisons: readonly Comparison[],
  engine: EngineName,
): void {
  console.log(`${machine.cpu}, one core, node ${machine.node}, ${machine.date}, batch ${BATCH}, float32`);
  if (pytorch === null) console.log('PyTorch is not installed here: only our own figures.');
  else describePyTorch(pytorch);
  for (const { model, ours, pytorch: theirs, ratio, gflops } of comparisons) {
    const speed = `${model.padEnd(16)} ${engine} ${Math.round(ours)} samples/s (${gflops.toFixed(1)} GFLOP/s)`;
    const versus =
      theirs === null || ratio === null ? '' : `, PyTorch ${Math.round(theirs)}, ratio ${ratio.toFixed(2)}`;
    console.log(speed + versus);
  }
}

function describePyTorch(about: PyTorchAbout): void {
  const { version, gflops, blas } = about;
  console.log(`PyTorch ${version}, ${gflops.toFixed(0)} GFLOP/s with ${blas}`);
  if (isOptimised(about)) return;
  console.log('This is not an optimised BLAS, so PyTorch is slower here than it could be: install libopenblas0.');
}

await main();
