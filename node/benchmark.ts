// The main thread's end of the benchmark thread.

import { Worker as Thread } from 'node:worker_threads';
import type { EngineName } from '../compute/kernels.js';

/** @returns GFLOP/s of one thread of this machine, as busy as it is now */
export function benchmarkEngine(engine: EngineName): Promise<number> {
  return new Promise((resolve, reject) => {
    const thread = new Thread(new URL('./benchmark-thread.js', import.meta.url), { workerData: engine });
    thread.once('message', resolve);
    thread.once('error', reject);
  });
}
