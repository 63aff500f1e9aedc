// What a star's worker and server take for each thing that they do, and what their frames weigh (decisions 17 and 18).

import {
  backwardCost,
  type Cost,
  copyCost,
  durationMs,
  forwardCost,
  parametersOf,
  sumCost,
  updateCost,
} from '../compute/cost.js';
import type { Layer } from '../compute/layer.js';
import { buildModel } from '../compute/model.js';
import { createOptimizer } from '../compute/optimizers.js';
import { sizeOf } from '../compute/tensor.js';
import { piecesOf } from '../node/pieces.js';
import type { FilterSpec, RunSpec } from '../protocol/run-spec.js';
import { wireBytes } from '../protocol/wire-dtypes.js';
import { FrameSizes } from './frame-bytes.js';
import type { Machine, Scenario } from './scenario.js';

/** Pieces of the flat vector that are simulated as one: a large fleet and a large model have millions of them. */
export interface Bundle {
  readonly elements: number;
  /** Of parameters to one worker. */
  readonly parameterBytes: number;
  /** Of one worker's gradient, after the filter. */
  readonly gradientBytes: number;
}

/** More frames of pieces in one clock than this are bundled; the fewest bundles that a vector is then cut into. */
const MOST_FRAMES = 50_000;
const FEWEST_BUNDLES = 16;

export function bundlesOf({ spec, machines }: Scenario, elements: number): Bundle[] {
  const sizes = new FrameSizes(spec.name);
  const { wire, star } = spec;
  const pieces = piecesOf(elements).map(({ start, end }): Bundle => {
    const sent = sentEntries(star.filter, end - start);
    return {
      elements: end - start,
      parameterBytes: sizes.of('parameters', [end - start], wire.parameters),
      gradientBytes: sizes.of('gradient', [sent], wire.gradients) + placeBytes(star.filter, sent),
    };
  });
  const workers = machines.length - 1;
  const most = Math.max(FEWEST_BUNDLES, Math.floor(MOST_FRAMES / workers));
  const together = Math.ceil(pieces.length / most);
  const starts = Array.from({ length: Math.ceil(pieces.length / together) }, (_, index) => index * together);
  return starts.map((start) => pieces.slice(start, start + together).reduce(added));
}

function added(a: Bundle, b: Bundle): Bundle {
  return {
    elements: a.elements + b.elements,
    parameterBytes: a.parameterBytes + b.parameterBytes,
    gradientBytes: a.gradientBytes + b.gradientBytes,
  };
}

/** 16-bit places within the piece. */
const PLACE_BYTES = 2;

/** Entries that are sent at once. What `significance` lets through depends on the gradients: as if it were all of them. */
function sentEntries(filter: FilterSpec, elements: number): number {
  return filter.type === 'topK' ? Math.ceil(filter.share * elements) : elements;
}

function placeBytes(filter: FilterSpec, entries: number): number {
  return filter.type === 'none' ? 0 : PLACE_BYTES * entries;
}

/** Of a piece of a worker's gradient, without its header. */
export function gradientPieceBytes({ wire, star }: Pick<RunSpec, 'wire' | 'star'>, elements: number): number {
  const entries = sentEntries(star.filter, elements);
  return wireBytes(wire.gradients, entries) + placeBytes(star.filter, entries);
}

export interface WorkerCosts {
  /** Forward and backward of all shares of a clock, with the local updates between them. */
  readonly computeMs: number;
  unpackMs(elements: number): number;
  packMs(elements: number): number;
  /** Frames of a clock's data; none where workers read their own. */
  readonly dataBytes: readonly number[];
  readonly samples: number;
}

export interface ServerCosts {
  /** Of a gradient, from its frame. */
  unpackMs(elements: number): number;
  sumMs(elements: number): number;
  updateMs(elements: number): number;
  /** Of parameters, for one worker. */
  packMs(elements: number): number;
}

export interface StarCosts {
  /** The worker of position p has index p - 1. */
  readonly workers: readonly WorkerCosts[];
  readonly server: ServerCosts;
  readonly bundles: readonly Bundle[];
}

/** @param shares samples of each worker in each of its local steps */
export function starCosts(scenario: Scenario, shares: readonly number[]): StarCosts {
  const { spec, inputShape, machines } = scenario;
  const layers = buildModel({ inputShape, layers: spec.model.layers, seed: spec.seed });
  const sizes = new FrameSizes(spec.name);
  const [server, ...workers] = machines as readonly [Machine, ...Machine[]];
  const optimizer = createOptimizer(spec.optimizer);
  return {
    bundles: bundlesOf(scenario, parametersOf(layers)),
    server: {
      unpackMs: (elements) => durationMs(copyCost(elements), server),
      sumMs: (elements) => durationMs(sumCost(elements), server),
      updateMs: (elements) => durationMs(updateCost(elements, optimizer), server),
      packMs: (elements) => durationMs(copyCost(elements), server),
    },
    workers: workers.map((machine, index) => workerCosts(scenario, layers, sizes, machine, shares[index] as number)),
  };
}

function workerCosts(
  { spec, inputShape }: Scenario,
  layers: readonly Layer[],
  sizes: FrameSizes,
  machine: Machine,
  share: number,
): WorkerCosts {
  const { localSteps, data } = spec.star;
  const took = (cost: Cost) => durationMs(cost, machine);
  const passMs =
    took(copyCost(share * sizeOf(inputShape))) + took(forwardCost(layers, share)) + took(backwardCost(layers, share));
  const updateMs = localSteps > 1 ? took(updateCost(parametersOf(layers), createOptimizer(spec.optimizer))) : 0;
  const frames = [
    sizes.of('activation', [share, ...inputShape], spec.wire.activations),
    sizes.of('targets', [share, 1]),
  ];
  return {
    computeMs: localSteps * (passMs + updateMs),
    unpackMs: (elements) => took(copyCost(elements)),
    packMs: (elements) => took(copyCost(elements)),
    dataBytes: data === 'local' ? [] : Array.from({ length: localSteps }, () => frames).flat(),
    samples: localSteps * share,
  };
}
