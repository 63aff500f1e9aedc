// A ring in one thread: what a node emits is delivered to its neighbour at once, and whichever node is
// chosen works next. The same nodes as in a fleet, without threads, frames or links between them.

import type { EngineFactory } from '../../compute/kernels.js';
import { Activity } from '../../node/activity.js';
import { buildWorker, type StageSpec } from '../../node/build.js';
import type { Incoming, Outgoing } from '../../node/node-messages.js';
import { RingNode } from '../../node/ring-node.js';
import { scheduleOf } from '../../node/schedules/schedules.js';
import type { Worker } from '../../node/worker.js';
import { decodeFrame, encodeFrame, type FrameTensor } from '../../protocol/frame.js';
import { HEAD_ROOM_BYTES, type PackedTensor } from '../../protocol/packed-tensor.js';
import { decodeSafetensors, encodeSafetensors } from '../../protocol/safetensors.js';
import { EXACT_WIRE, type TensorKind, type Wire, type WireDtype, wireDtypeOf } from '../../protocol/wire-dtypes.js';

/** A whole model and how to train it: what every position's stage spec has in common. */
export type RunPart = Omit<StageSpec, 'firstLayer' | 'endLayer' | 'last' | 'window'>;

export interface LocalRingOptions {
  readonly run: RunPart;
  readonly engine: EngineFactory;
  /** First layer of each position; the first is 0, and the last position may begin behind the last layer. */
  readonly firstLayers: readonly number[];
  /** Layers of the whole model, as `buildModel` counts. */
  readonly layers: number;
  /** Of all positions. */
  readonly window: number;
  /** As what tensors travel between the positions; as 32-bit floats unless told. */
  readonly wire?: Wire;
}

/** What a node told beyond its neighbours. */
export type Told = { readonly position: number } & Outgoing;

export interface LocalRing {
  readonly workers: readonly Worker[];
  /** In the order in which it was told. */
  readonly told: readonly Told[];
  /** To the first position, as the master's stream. */
  stream(message: Extract<Incoming, { kind: 'activation' | 'eval' | 'cut' | 'collect' }>): void;
  /** To the last position. */
  target(message: Extract<Incoming, { kind: 'targets' }>): void;
  /**
   * Lets nodes work, one action at a time, until none has anything to do.
   * @param random numbers in [0, 1), which choose the node
   */
  run(random: () => number): void;
}

export async function openLocalRing(options: LocalRingOptions): Promise<LocalRing> {
  const { firstLayers } = options;
  const workers = await Promise.all(firstLayers.map((_, position) => workerAt(options, position)));
  const told: Told[] = [];
  const nodes: RingNode[] = workers.map((worker, position) => {
    return new RingNode({
      worker,
      schedule: scheduleOf(options.run.schedule),
      activity: new Activity(),
      microBatches: options.run.microBatches,
      window: options.window,
      last: position === workers.length - 1,
      wire: options.wire,
      emit: (message) => pass(message, position),
    });
  });

  function pass(message: Outgoing, position: number): void {
    if (message.kind === 'gradient') nodes[position - 1]?.deliver(arrived(message, options.wire));
    else if (isClockwise(message))
      nodes[position + 1]?.deliver(
        message.kind === 'collect' || message.kind === 'cut' ? message : arrived(message, options.wire),
      );
    else told.push({ position, ...message });
  }

  return {
    workers,
    told,
    stream: (message) => nodes[0]?.deliver(message),
    target: (message) => nodes.at(-1)?.deliver(message),
    run: (random) => runUntilQuiet(nodes, random),
  };
}

/** What the neighbour's links would make of it. */
function arrived({ kind, step, micro, data }: Extract<Outgoing, { kind: TensorKind }>, wire = EXACT_WIRE): Incoming {
  const dtype = wireDtypeOf(kind, wire);
  const place = { run: 'local', generation: 0, kind, step, micro };
  const frame = decodeFrame(encodeFrame({ ...place, tensor: { shape: [elementsIn(data, dtype)], dtype, data } }));
  return { kind, step, micro, data: (frame.tensor as FrameTensor).data };
}

function elementsIn(packed: PackedTensor, dtype: WireDtype): number {
  const bytes = packed.byteLength - HEAD_ROOM_BYTES;
  if (dtype === 'int8') return bytes - 4 * Math.ceil(bytes / 68); // 64 elements and their scale
  return bytes / (dtype === 'f32' ? 4 : 2);
}

function workerAt({ run, engine, firstLayers, layers, window }: LocalRingOptions, position: number): Promise<Worker> {
  const firstLayer = firstLayers[position] as number;
  const endLayer = firstLayers[position + 1] ?? layers;
  return buildWorker({ ...run, firstLayer, endLayer, last: position === firstLayers.length - 1, window }, engine);
}

type Clockwise = Extract<Outgoing, { kind: 'activation' | 'eval' | 'cut' | 'collect' }>;

function isClockwise(message: Outgoing): message is Clockwise {
  return ['activation', 'eval', 'cut', 'collect'].includes(message.kind);
}

/** A node that had nothing to do is asked again as soon as another one did something. */
function runUntilQuiet(nodes: readonly RingNode[], random: () => number): void {
  let awake = [...nodes];
  while (awake.length > 0) {
    const node = awake[Math.floor(random() * awake.length)] as RingNode;
    awake = node.runOnce() ? [...nodes] : awake.filter((other) => other !== node);
  }
}

/** The weights of all positions as one file: equal bytes are equal models. */
export function joinWeights(files: readonly Uint8Array[]): Uint8Array {
  return encodeSafetensors({ metadata: {}, tensors: files.flatMap((file) => decodeSafetensors(file).tensors) });
}
