// One of our engines as a contender, as a run of one micro-batch a step computes with it: SGD fused into
// backward. Usage: node engine-step.js <engine>

import { createEngine } from '../../compute/create-engine.js';
import type { EngineName } from '../../compute/kernels.js';
import { reportOf } from '../../errors.js';
import { denseStep, floatsFor } from '../dense-step.js';
import { serveSteps } from './serve-steps.js';

const SMALLEST_FLOATS = 1024;

const name = process.argv[2] as EngineName;
const factory = createEngine(name);
try {
  await factory(SMALLEST_FLOATS);
  await serveSteps({ version: process.version }, async (sizes, batch) => {
    return denseStep(await factory(floatsFor(sizes, batch)), sizes, batch, true);
  });
} catch (error) {
  console.log(JSON.stringify({ failed: reportOf(error) })); // why it does not work here
}
