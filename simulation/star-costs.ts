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
import { keptOf } from '../node/gradient-filter.js';
import { piecesOf } from '../node/pieces.js';
import { gatherCost, searchCost, takeCost } from '../node/star/exchange-costs.js';
import { needsWhole, optimizerOf, vectorElements } from '../node/star/part.js';
import type { FilterSpec, RunSpec } from '../protocol/run-spec.js';
import { FrameSizes } from './frame-bytes.js';
import type { Machine, StarScenario } from './scenario.js';

/** Pieces of the flat vector that are simulated as one: a large fleet and a large model have millions of them. */
export interface Bundle {
  readonly elements: number;
  /** Entries of a worker's gradient that pass its filter. */
  readonly entries: number;
  /** Of parameters to one worker. */
  readonly parameterBytes: number;
  /** Of one worker's gradient, after the filter. */
  readonly gradientBytes: number;
}

/** More frames of pieces in one clock than this are bundled; the fewest bundles that a vector is then cut into. */
const MOST_FRAMES = 50_000;
const FEWEST_BUNDLES = 16;

export interface WorkerCosts {
  /** Forward, backward and, with local steps, update of one of them. */
  readonly stepMs: number;
  /** Out of a frame. */
  unpackMs(elements: number): number;
  /** Whole parameters, which local steps begin at, are kept. */
  readonly keepMs: number;
  /** Through the filter into a frame. */
  packMs(bundle: Pick<Bundle, 'elements' | 'entries'>): number;
  /** Frames of a clock's data; none where workers read their own. */
  readonly dataBytes: readonly number[];
  /** Of a clock. */
  readonly samples: number;
}

export interface ServerCosts {
  /** The first of a clock's gradients is written, the others are added. */
  gatherMs(bundle: Pick<Bundle, 'elements' | 'entries'>, adds: boolean): number;
  updateMs(elements: number): number;
  packMs(elements: number): number;
}

export interface StarCosts {
  /** Whether a push changes the weights only as a whole, as clipping by norm needs it. */
  readonly isWhole: boolean;
  /** The worker of position p has index p - 1. */
  readonly workers: readonly WorkerCosts[];
  readonly server: ServerCosts;
  readonly bundles: readonly Bundle[];
}

export function starCosts(scenario: StarScenario): StarCosts {
  const { spec, inputShape, machines, shares } = scenario;
  const layers = buildModel({ inputShape, layers: spec.model.layers, seed: spec.seed });
  const sizes = new FrameSizes(spec.name);
  const [server, ...workers] = machines as readonly [Machine, ...Machine[]];
  return {
    isWhole: needsWhole(spec.optimizer, spec.star),
    bundles: bundlesOf(spec, sizes, vectorElements(layers), workers.length),
    server: serverCosts(scenario, server),
    workers: workers.map((machine, index) => workerCosts(scenario, layers, sizes, machine, shares[index] as number)),
  };
}

function bundlesOf(spec: RunSpec, sizes: FrameSizes, elements: number, workers: number): Bundle[] {
  const pieces = piecesOf(elements).map(({ start, end }) => bundleOf(spec, sizes, end - start));
  const most = Math.max(FEWEST_BUNDLES, Math.floor(MOST_FRAMES / workers));
  const together = Math.ceil(pieces.length / most);
  const starts = Array.from({ length: Math.ceil(pieces.length / together) }, (_, index) => index * together);
  return starts.map((start) => pieces.slice(start, start + together).reduce(added));
}

/** A piece by itself. */
export function bundleOf({ wire, star: { filter } }: RunSpec, sizes: FrameSizes, elements: number): Bundle {
  const entries = sentEntries(filter, elements);
  const gradient = { kind: 'gradient', shape: [entries], isSparse: filter.type !== 'none', ofStar: true } as const;
  return {
    elements,
    entries,
    parameterBytes: sizes.of({ kind: 'parameters', shape: [elements], dtype: wire.parameters, ofStar: true }),
    gradientBytes: sizes.of({ ...gradient, dtype: wire.gradients }),
  };
}

function added(a: Bundle, b: Bundle): Bundle {
  return {
    elements: a.elements + b.elements,
    entries: a.entries + b.entries,
    parameterBytes: a.parameterBytes + b.parameterBytes,
    gradientBytes: a.gradientBytes + b.gradientBytes,
  };
}

/** Bytes of the frames that bring a worker its share of a step; none where workers read their own. */
export function dataFrames(
  { spec: { star, wire }, inputShape }: Pick<StarScenario, 'spec' | 'inputShape'>,
  sizes: FrameSizes,
  share: number,
): number[] {
  if (star.data === 'local') return [];
  return [
    sizes.of({ kind: 'activation', shape: [share, ...inputShape], dtype: wire.activations, ofStar: true }),
    sizes.of({ kind: 'targets', shape: [share, 1], ofStar: true }),
  ];
}

/** Entries that are sent at once. What `significance` lets through depends on the gradients: as if it were all of them. */
function sentEntries(filter: FilterSpec, elements: number): number {
  return filter.type === 'topK' ? keptOf(filter.share, elements) : elements;
}

function serverCosts({ spec }: StarScenario, server: Machine): ServerCosts {
  const { localSteps, filter } = spec.star;
  const optimizer = createOptimizer(optimizerOf(spec.optimizer, { role: 'server', localSteps }));
  const isSparse = filter.type !== 'none';
  return {
    gatherMs: ({ elements, entries }, adds) => durationMs(gatherCost({ elements, entries, isSparse, adds }), server),
    updateMs: (elements) => durationMs(updateCost(elements, optimizer), server),
    packMs: (elements) => durationMs(copyCost(elements), server),
  };
}

function workerCosts(
  { spec, inputShape }: StarScenario,
  layers: readonly Layer[],
  sizes: FrameSizes,
  machine: Machine,
  share: number,
): WorkerCosts {
  const { localSteps, filter } = spec.star;
  const took = (cost: Cost) => durationMs(cost, machine);
  const read = copyCost(share * sizeOf(inputShape));
  const passes = [read, forwardCost(layers, share), backwardCost(layers, share)];
  const update = localSteps > 1 ? [updateCost(parametersOf(layers), createOptimizer(spec.optimizer))] : [];
  const frames = dataFrames({ spec, inputShape }, sizes, share);
  return {
    stepMs: [...passes, ...update].reduce((sum, cost) => sum + took(cost), 0),
    unpackMs: (elements) => took(copyCost(elements)),
    keepMs: localSteps > 1 ? took(copyCost(vectorElements(layers))) : 0,
    packMs: ({ elements, entries }) =>
      took(sumCost(localSteps > 1 ? elements : 0)) +
      took(searchCost(filter, elements)) +
      took(takeCost(filter, entries)),
    dataBytes: Array.from({ length: localSteps }, () => frames).flat(),
    samples: localSteps * share,
  };
}
