// Tiled JavaScript as a contender. Usage: node tiled-step.js

import { serveSteps } from './serve-steps.js';
import { tiledStep } from './tiled.js';

await serveSteps({ version: process.version }, async (sizes, batch) => tiledStep(sizes, batch));
