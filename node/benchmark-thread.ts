// The entry of the thread that measures an engine; it ends with the measurement and gives its memory back, and so
// does a library that it has loaded.

import { parentPort, workerData } from 'node:worker_threads';
import { benchmarkFloats, measureGflops } from '../compute/benchmark.js';
import { createEngine } from '../compute/create-engine.js';
import { reportOf } from '../errors.js';
import type { BenchmarkData, BenchmarkResult } from './benchmark.js';

const DURATION_MS = 150;

async function measure({ engine: name, blas }: BenchmarkData): Promise<BenchmarkResult> {
  const engine = await createEngine(name, blas)(benchmarkFloats());
  return { gflops: measureGflops(engine, DURATION_MS, () => performance.now()), about: engine.about };
}

const result = await measure(workerData as BenchmarkData).catch((error) => ({ failed: reportOf(error) }));
parentPort?.postMessage(result);
