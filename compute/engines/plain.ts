// The engine that reads like the mathematics: ndarrays on an ordinary buffer, no tricks. It is what the
// faster engines must agree with, and what runs where WebAssembly SIMD does not.

import type { Engine, EngineFactory } from '../kernels.js';
import { Arena } from '../tensor.js';
import * as activations from './plain/activations.js';
import * as dense from './plain/dense.js';
import { dropout } from './plain/dropout.js';
import * as losses from './plain/losses.js';
import * as updates from './plain/updates.js';

export const plainEngine: EngineFactory = async (floats: number): Promise<Engine> => ({
  name: 'plain',
  about: 'plain loops',
  kernels: { ...dense, ...activations, dropout, ...losses, ...updates },
  arena: new Arena(new Float32Array(Math.ceil(floats / 16) * 16)),
});
