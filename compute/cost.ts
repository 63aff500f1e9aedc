// What an action costs on paper: floating-point operations of matrix products, and bytes that pass through memory.
// An emulated board waits by it, the planner, the forecast and the simulator count with it.

import type { Layer } from './layer.js';
import type { Optimizer } from './optimizers.js';
import { sizeOf } from './tensor.js';

export interface Cost {
  readonly flops: number;
  /** Read and written by elementwise work. */
  readonly bytes: number;
}

export interface Speed {
  /** 10^9 floating-point operations a second. */
  readonly gflops: number;
  /** 10^9 bytes a second. */
  readonly memoryGBps: number;
}

const FLOAT_BYTES = 4;

/** One after the other: an upper bound, since a processor overlaps the two. */
export function durationMs({ flops, bytes }: Cost, { gflops, memoryGBps }: Speed): number {
  return flops / (gflops * 1e6) + bytes / (memoryGBps * 1e6);
}

export function forwardCost(layers: readonly Layer[], samples: number): Cost {
  return { flops: samples * layers.reduce((sum, { flops }) => sum + flops, 0), bytes: 0 };
}

/** A layer's backward is two products where its forward is one, and only one where nobody wants its `dX`. */
export function backwardCost(layers: readonly Layer[], samples: number): Cost {
  const flops = layers.reduce((sum, layer) => sum + (wantsInputGradient(layers, layer) ? 2 : 1) * layer.flops, 0);
  return { flops: samples * flops, bytes: 0 };
}

/** Behind the model's input there is nothing to train: up to the first layer with parameters no gradient goes back. */
export function wantsInputGradient(stage: readonly Layer[], layer: Layer): boolean {
  if (stage[0]?.index !== 0) return true;
  return stage.some(({ index, parameters }) => index < layer.index && parameters.length > 0);
}

/** Reads weight and gradient, writes the weight; reads and writes each of the optimizer's slots. */
export function updateCost(parameters: number, { slots }: Pick<Optimizer, 'slots'>): Cost {
  return { flops: 0, bytes: FLOAT_BYTES * parameters * (3 + 2 * slots) };
}

/** So many floats are read or written. */
export function passCost(elements: number): Cost {
  return { flops: 0, bytes: FLOAT_BYTES * elements };
}

/** `sum += values`, or their difference */
export function sumCost(elements: number): Cost {
  return passCost(3 * elements);
}

/** From memory into a frame, or back. */
export function copyCost(elements: number): Cost {
  return passCost(2 * elements);
}

export function parametersOf(layers: readonly Layer[]): number {
  return layers.flatMap(({ parameters }) => parameters).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}
