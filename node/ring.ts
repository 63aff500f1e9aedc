// A position of the ring: a node in its compute thread, joined to its two neighbours. Board and master
// alike stand in the ring through this; only the master streams into it and hears its reports.

import type { BlasSettings } from '../compute/engines/blas-library.js';
import type { EngineName } from '../compute/kernels.js';
import { FRAME_KINDS, type Frame, type FrameKind, type FrameTensor } from '../protocol/frame.js';
import type { NodeFigures } from '../protocol/node-figures.js';
import type { PackedTensor } from '../protocol/packed-tensor.js';
import { clockwise, type Topics } from '../protocol/topics.js';
import { EXACT_WIRE, type TensorKind, type Wire, wireDtypeOf } from '../protocol/wire-dtypes.js';
import { nowBy } from '../transport/board-clock.js';
import { openDataPlane, type Place } from '../transport/data-plane.js';
import { ringOrder } from '../transport/frame-order.js';
import type { DirectLinks } from '../transport/links.js';
import type { Transport } from '../transport/transport.js';
import { accountOf } from './account.js';
import type { Activity } from './activity.js';
import { type StageSpec, stageOf } from './build.js';
import { startComputeHost } from './compute-host.js';
import { boardMs, type Emulation, linkOf } from './emulation.js';
import type { Incoming, Outgoing, Start } from './node-messages.js';
import { RingTiming } from './ring-timing.js';
import { StreamQueue } from './stream-queue.js';
import { outputShapeOf } from './worker.js';

/** What a node tells beyond its neighbours; `done` is position 1's word to the master. */
export type Report = Extract<
  Outgoing,
  { kind: 'loss' | 'evaluated' | 'updated' | 'snapshot' | 'weights' | 'done' | 'fault' }
>;

export interface RingPositionOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  readonly place: Place;
  /** Null: all frames go through the fleet's broker. */
  readonly links: DirectLinks | null;
  readonly stage: StageSpec;
  /** Micro-batches in flight at first, until the ring is measured. */
  readonly window: number;
  readonly engine: EngineName;
  /** Which library the engine `blas` loads here. */
  readonly blas: BlasSettings;
  /** Makes this a board that is not there. */
  readonly emulation?: Emulation | undefined;
  /** Cap on the engine's memory. */
  readonly memoryBytes: number;
  /** As what tensors travel in this run; as 32-bit floats unless told. */
  readonly wire?: Wire | undefined;
  /** The cut that it goes on from; the beginning unless told. */
  readonly start?: Start | undefined;
  onReport(report: Report): void;
  /** The position cannot go on: its compute thread died, or a frame was lost. */
  onFailure(error: Error): void;
}

export interface RingPosition {
  /** What the compute thread does. */
  readonly activity: Activity;
  /** Since the position was taken. */
  figures(): NodeFigures;
  /** When the event under way was due, by the board's clock; between two, now. */
  nowMs(): number;
  /** At position 0: micro-batches to stream before the first has come back. */
  readonly streamWindow: number;
  /** Straight to the own node: the master's targets. */
  deliver(message: Incoming): void;
  /** To a neighbour, as if the own node had computed it: the master's stream. */
  send(message: Extract<Incoming, { kind: 'activation' | 'eval' | 'cut' | 'collect' }>): void;
  /** Gives the clockwise neighbour a copy of the own snapshot; resolves when the broker has it. */
  replicate(snapshot: StageFile): Promise<void>;
  close(): Promise<void>;
}

type StageFile = Extract<Outgoing, { kind: 'snapshot' | 'weights' }>;

/**
 * Builds the stage, then opens the links.
 * @throws CapacityError when the stage does not fit, ConnectionError when the links are denied
 */
export async function openRingPosition(options: RingPositionOptions): Promise<RingPosition> {
  const { transport, topics, place, links, stage, window, engine, blas, emulation, memoryBytes } = options;
  const { wire = EXACT_WIRE, start, onReport, onFailure } = options;
  const shapes = frameShapes(stage, place);
  const link = linkOf(emulation);
  const nowMs = () => nowBy(link?.time);
  const host = await startComputeHost(
    { spec: stage, window, engine, blas, memoryBytes, emulation, wire, start },
    {
      time: link?.time,
      onMessage: (message) => (isForNeighbour(message) ? sendOwn(message) : isReport(message) && report(message)),
      onCrash: onFailure,
    },
  );
  const timing = new RingTiming({
    position: place.position,
    workers: place.workers,
    activity: host.activity,
    window,
    cap: stage.window,
    microBatches: stage.microBatches,
    linkMs: () => plane.linkMs,
    onWindow: (size) => host.deliver({ kind: 'window', window: size }),
    now: nowMs,
  });
  const plane = await openDataPlane({
    transport,
    topics,
    place,
    links,
    order: ringOrder(stage.microBatches, start?.step),
    link,
    wire,
    onLost: onFailure,
    expectedShape: (kind) => shapes[kind],
    onFrame: receive,
  }).catch(async (error) => {
    await host.close();
    throw error;
  });

  const queue = new StreamQueue(isLossAlone(stage, place), send);
  const sinceMs = performance.now();
  function receive(frame: Frame): void {
    if (frame.timing) timing.incoming(frame.kind, frame.timing);
    if (frame.kind === 'activation') queue.owe();
    if (frame.kind === 'done') onReport({ kind: 'done', step: frame.step, micro: frame.micro });
    else host.deliver(incoming(frame));
  }

  function sendOwn(message: ForNeighbour): void {
    send(message);
    if (message.kind === 'gradient') queue.answered();
  }

  function send(message: ForNeighbour | FromStream): void {
    const tensor = 'data' in message ? outgoingTensor(message.kind, message.data) : null;
    const { kind, step } = message;
    plane.send({ kind, step, micro: 'micro' in message ? message.micro : 0, tensor, timing: timing.outgoing(kind) });
  }

  function outgoingTensor(kind: TensorKind, data: Float32Array | PackedTensor) {
    return { shape: outgoingShape(kind), dtype: wireDtypeOf(kind, wire), data };
  }

  function outgoingShape(kind: FrameKind): readonly number[] {
    return (kind === 'gradient' ? shapes.activation : place.position === 0 ? shapes.stream : shapes.gradient) ?? [];
  }

  function report(message: Report): void {
    if (message.kind === 'weights' && place.position !== 0) sendFile(0, message).catch(onFailure);
    else onReport(message);
  }

  function sendFile(to: number, { kind, step, file }: StageFile): Promise<void> {
    const { firstLayer, endLayer } = stage;
    return plane.sendFile(to, { content: kind, step, firstLayer, endLayer }, file);
  }

  return {
    activity: host.activity,
    figures: () => ({
      ...accountOf({ activity: host.activity, plane, wallMs: performance.now() - sinceMs, emulation, link }),
      window: place.position === 0 ? timing.streamWindow : timing.window,
      microBatchMs: boardMs(timing.microBatchMs, emulation),
      linkMs: boardMs(plane.linkMs, emulation),
    }),
    nowMs,
    get streamWindow() {
      return timing.streamWindow;
    },
    deliver: host.deliver,
    send: (message) => queue.take(message),
    replicate: (snapshot) => sendFile(clockwise(place.position, place.workers), snapshot),
    close: async () => {
      await plane.close();
      await host.close();
    },
  };
}

type ForNeighbour = Extract<Outgoing, { kind: 'activation' | 'eval' | 'gradient' | 'cut' | 'collect' | 'done' }>;

type FromStream = Parameters<RingPosition['send']>[0];

/** A master without layers: what comes in is answered at once. */
function isLossAlone({ firstLayer, endLayer }: StageSpec, { position }: Place): boolean {
  return position === 0 && firstLayer === endLayer;
}

function isForNeighbour(message: Outgoing): message is ForNeighbour {
  return (FRAME_KINDS as readonly string[]).includes(message.kind);
}

function isReport(message: Outgoing): message is Report {
  return ['loss', 'evaluated', 'updated', 'snapshot', 'weights', 'fault'].includes(message.kind);
}

function frameShapes(stage: StageSpec, { position }: Place) {
  const { layers, inputShape } = stageOf(stage);
  const microBatch = stage.batch / stage.microBatches;
  const activation = [microBatch, ...inputShape];
  const gradient = position === 0 ? null : [microBatch, ...outputShapeOf({ layers, inputShape })];
  return {
    activation,
    eval: activation,
    gradient,
    cut: null,
    collect: null,
    done: null,
    targets: null,
    parameters: null,
    stream: [microBatch, ...stage.inputShape],
  };
}

/** The data plane has checked kind and shape: a frame for a node lacks its tensor only where none belongs. */
function incoming({ kind, step, micro, tensor }: Frame): Incoming {
  if (kind === 'cut' || kind === 'collect') return { kind, step };
  return { kind: kind as 'activation' | 'eval' | 'gradient', step, micro, data: (tensor as FrameTensor).data };
}
