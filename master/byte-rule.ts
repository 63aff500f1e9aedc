// Which mode moves fewer bytes, in closed form: a ring moves the activations at its cuts there and their gradients
// back, B x sum of cuts, a star the weights to and from all workers, N x W. Headers are left out.

import { parametersOf } from '../compute/cost.js';
import type { Layer } from '../compute/layer.js';
import { buildModel } from '../compute/model.js';
import type { Range } from '../compute/partition.js';
import { type Shape, sizeOf } from '../compute/tensor.js';
import { piecesOf } from '../node/pieces.js';
import type { RunSpec } from '../protocol/run-spec.js';
import { type WireDtype, wireBytes } from '../protocol/wire-dtypes.js';
import type { HubPlace } from '../simulation/scenario.js';
import { sentEntries } from '../simulation/star-costs.js';

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
  /** Of the star. */
  readonly workers: number;
  readonly hub: HubPlace;
}

export function byteRule(request: ByteRequest): ByteRule {
  const { spec, inputShape, ranges, workers, hub } = request;
  const layers = buildModel({ inputShape, layers: spec.model.layers, seed: spec.seed });
  const cuts = cutsOf(layers, ranges, spec.masterStage);
  const parameters = parametersOf(layers);
  return {
    ring: modeBytes(ringBytes(spec, inputShape, cuts), hub),
    star: modeBytes(starBytes(spec, inputShape, parameters, workers), hub),
    cutElements: cuts.reduce((sum, cut) => sum + cut, 0),
    parameters,
  };
}

/** Elements per sample at each cut; the last one lies before the master. */
function cutsOf(layers: readonly Layer[], ranges: readonly Range[], masterStage: boolean): number[] {
  const ends = (masterStage ? ranges.slice(0, -1) : ranges).map(({ end }) => end);
  return ends.map((end) => sizeOf((layers[end - 1] as Layer).outputShape));
}

interface Sent {
  readonly sent: number;
  readonly atMaster: number;
}

function ringBytes({ training, wire }: RunSpec, inputShape: Shape, cuts: readonly number[]): Sent {
  const { batch, microBatches } = training;
  const framesOf = (dtype: WireDtype, elements: number) =>
    microBatches * wireBytes(dtype, (batch / microBatches) * elements);
  const bothWays = cuts.map((cut) => framesOf(wire.activations, cut) + framesOf(wire.gradients, cut));
  const stream = framesOf(wire.activations, sizeOf(inputShape));
  return { sent: bothWays.reduce((sum, cut) => sum + cut, stream), atMaster: stream + (bothWays.at(-1) as number) };
}

function starBytes({ training, wire, star }: RunSpec, inputShape: Shape, parameters: number, workers: number): Sent {
  const perClock = piecesOf(parameters).reduce((sum, { start, end }) => {
    return sum + wireBytes(wire.parameters, end - start) + gradientBytes({ wire, star }, end - start);
  }, 0);
  const data = wireBytes(wire.activations, training.batch * sizeOf(inputShape)) + wireBytes('f32', training.batch);
  const sent = (workers * perClock) / star.localSteps + (star.data === 'local' ? 0 : data);
  return { sent, atMaster: sent };
}

/** 16-bit places within the piece travel with what passes a filter. */
const PLACE_BYTES = 2;

function gradientBytes({ wire, star: { filter } }: Pick<RunSpec, 'wire' | 'star'>, elements: number): number {
  const entries = sentEntries(filter, elements);
  return wireBytes(wire.gradients, entries) + (filter.type === 'none' ? 0 : PLACE_BYTES * entries);
}

function modeBytes({ sent, atMaster }: Sent, hub: HubPlace): ModeBytes {
  const twice = hub === 'none' ? 0 : hub === 'master' ? sent - atMaster : sent;
  return { sent, atMaster, crossing: sent + twice };
}
