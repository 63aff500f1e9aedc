// How fast this engine is here, in GFLOP/s of a training step's matrix products: the planner's measure.

import type { Engine } from './kernels.js';
import { type Arena, MeasuringArena } from './tensor.js';

/** A layer that fits every board's cache about as well as the layers it will hold. */
const BATCH = 32;
const INPUTS = 256;
const UNITS = 256;
const FLOPS = 3 * 2 * BATCH * INPUTS * UNITS;
/** The first calls run unoptimised: so many are waited for, unless they take too long. */
const LEAST_CALLS = 30;
const PATIENCE = 3;

export function benchmarkFloats(): number {
  const arena = new MeasuringArena();
  allocate(arena);
  return arena.usedFloats;
}

/** Runs for about `durationMs`; the median of the later calls, so that a busy moment does not count. */
export function measureGflops({ kernels, arena }: Engine, durationMs: number, now: () => number): number {
  const { x, w, b, y, dX, dW } = allocate(arena);
  for (const tensor of [x, w, y]) kernels.fill(tensor, 0.01);
  const times: number[] = [];
  const startMs = now();
  const isOver = (elapsedMs: number) => {
    return elapsedMs >= (times.length < LEAST_CALLS ? PATIENCE : 1) * durationMs && times.length > 1;
  };
  while (!isOver(now() - startMs)) {
    const beforeMs = now();
    kernels.dense(y, x, w, b);
    kernels.denseGradientWeights(dW, x, y, 1, false);
    kernels.denseGradientInput(dX, y, w);
    times.push(now() - beforeMs);
  }
  const later = times.slice(times.length >> 1).sort((left, right) => left - right);
  const medianMs = later[later.length >> 1] as number;
  return FLOPS / (medianMs * 1e6);
}

function allocate(arena: Arena) {
  return {
    x: arena.tensor([BATCH, INPUTS]),
    w: arena.tensor([INPUTS, UNITS]),
    b: arena.tensor([UNITS]),
    y: arena.tensor([BATCH, UNITS]),
    dX: arena.tensor([BATCH, INPUTS]),
    dW: arena.tensor([INPUTS, UNITS]),
  };
}
