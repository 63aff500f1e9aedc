// Which mode moves fewer bytes, in closed form: a ring moves the activations at its cuts there and their gradients
// back, B x sum of cuts, a star the weights to and from all workers, N x W; with the frames' headers, as they are sent.

import { parametersOf } from '../compute/cost.js';
import type { Layer } from '../compute/layer.js';
import { buildModel } from '../compute/model.js';
import type { Range } from '../compute/partition.js';
import { type Shape, sizeOf } from '../compute/tensor.js';
import { piecesOf } from '../node/pieces.js';
import { vectorElements } from '../node/star/part.js';
import type { RunSpec } from '../protocol/run-spec.js';
import { FrameSizes } from '../simulation/frame-bytes.js';
import type { HubPlace } from '../simulation/scenario.js';
import { bundleOf, dataFrames } from '../simulation/star-costs.js';

export interface ModeBytes {
  /** Of a step, as sent. */
  readonly sent: number;
  /** What of it goes to or comes from the master. */
  readonly atMaster: number;
  /** As they cross the network: twice through a hub, but once where the hub is at one end. */
  readonly crossing: number;
}

export interface ByteRule {
  readonly ring: ModeBytes;
  readonly star: ModeBytes;
  /** Per sample: numbers at the cuts between stages, the last of them before the loss where it is the master's alone. */
  readonly cutElements: number;
  readonly parameters: number;
}

export interface ByteRequest {
  readonly spec: RunSpec;
  readonly inputShape: Shape;
  /** Of the ring's boards, clockwise, then of the master where it holds layers. */
  readonly ranges: readonly Range[];
  /** Of the star: samples of each worker in a step. */
  readonly shares: readonly number[];
  readonly hub: HubPlace;
}

export function byteRule(request: ByteRequest): ByteRule {
  const { spec, inputShape, ranges, shares, hub } = request;
  const layers = buildModel({ inputShape, layers: spec.model.layers, seed: spec.seed });
  const cuts = cutsOf(layers, ranges, spec.masterStage);
  const sizes = new FrameSizes(spec.name);
  return {
    ring: modeBytes(ringBytes({ spec, inputShape, sizes }, cuts), hub),
    star: modeBytes(starBytes({ spec, inputShape, sizes }, vectorElements(layers), shares), hub),
    cutElements: cuts.reduce((sum, cut) => sum + sizeOf(cut), 0),
    parameters: parametersOf(layers),
  };
}

/** What passes at each cut, per sample; the last one lies before the master. */
function cutsOf(layers: readonly Layer[], ranges: readonly Range[], masterStage: boolean): Shape[] {
  const ends = (masterStage ? ranges.slice(0, -1) : ranges).map(({ end }) => end);
  return ends.map((end) => (layers[end - 1] as Layer).outputShape);
}

interface Sent {
  readonly sent: number;
  readonly atMaster: number;
}

interface Framing {
  readonly spec: RunSpec;
  readonly inputShape: Shape;
  readonly sizes: FrameSizes;
}

/** Where a gradient would go back from the first board, it says that it is done. */
function ringBytes({ spec: { training, wire }, inputShape, sizes }: Framing, cuts: readonly Shape[]): Sent {
  const { batch, microBatches } = training;
  const samples = batch / microBatches;
  const activations = (shape: Shape) =>
    sizes.of({ kind: 'activation', shape: [samples, ...shape], dtype: wire.activations });
  const gradients = (shape: Shape) => sizes.of({ kind: 'gradient', shape: [samples, ...shape], dtype: wire.gradients });
  const bothWays = cuts.map((cut) => microBatches * (activations(cut) + gradients(cut)));
  const ends = microBatches * (activations(inputShape) + sizes.of({ kind: 'done' }));
  return { sent: bothWays.reduce((sum, cut) => sum + cut, ends), atMaster: ends + (bothWays.at(-1) as number) };
}

function starBytes({ spec, inputShape, sizes }: Framing, elements: number, shares: readonly number[]): Sent {
  const perClock = piecesOf(elements).reduce((sum, { start, end }) => {
    const { parameterBytes, gradientBytes } = bundleOf(spec, sizes, end - start);
    return sum + parameterBytes + gradientBytes;
  }, 0);
  const data = shares.flatMap((share) => dataFrames({ spec, inputShape }, sizes, share));
  const sent = data.reduce((sum, each) => sum + each, (shares.length * perClock) / spec.star.localSteps);
  return { sent, atMaster: sent };
}

function modeBytes({ sent, atMaster }: Sent, hub: HubPlace): ModeBytes {
  const twice = hub === 'none' ? 0 : hub === 'master' ? sent - atMaster : sent;
  return { sent, atMaster, crossing: sent + twice };
}
