// The entry of the thread that measures an engine; it ends with the measurement and gives its memory back.

import { parentPort, workerData } from 'node:worker_threads';
import { benchmarkFloats, measureGflops } from '../compute/benchmark.js';
import { createEngine } from '../compute/create-engine.js';
import type { EngineName } from '../compute/kernels.js';

const DURATION_MS = 200;

const engine = await createEngine(workerData as EngineName)(benchmarkFloats());
parentPort?.postMessage(measureGflops(engine, DURATION_MS, () => performance.now()));
