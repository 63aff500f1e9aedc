// The main thread's end of the benchmark thread.

import { Worker as Thread } from 'node:worker_threads';
import type { BlasSettings } from '../compute/engines/blas-library.js';
import type { EngineName } from '../compute/kernels.js';
import { type ErrorReport, RemoteError } from '../errors.js';

export interface BenchmarkData {
  readonly engine: EngineName;
  readonly blas: BlasSettings;
}

export interface BenchmarkResult {
  /** GFLOP/s of this machine, as busy as it is now. */
  readonly gflops: number;
  /** What computes. */
  readonly about: string;
}

/** @throws RemoteError with the code and the remedy of what the engine threw when it was made */
export function benchmarkEngine(engine: EngineName, blas: BlasSettings = {}): Promise<BenchmarkResult> {
  return new Promise((resolve, reject) => {
    const workerData: BenchmarkData = { engine, blas };
    const thread = new Thread(new URL('./benchmark-thread.js', import.meta.url), { workerData });
    thread.once('message', (result: BenchmarkResult | { failed: ErrorReport }) => {
      if ('failed' in result) reject(new RemoteError(result.failed));
      else resolve(result);
    });
    thread.once('error', reject);
  });
}
