// A position of the ring: a node in its compute thread, joined to its two neighbours. Board and master
// alike stand in the ring through this; only the master streams into it and hears its reports.

import type { BlasSettings } from '../compute/engines/blas-library.js';
import type { EngineName } from '../compute/kernels.js';
import { FRAME_KINDS, type Frame, type FrameKind, type FrameTensor } from '../protocol/frame.js';
import type { NodeFigures } from '../protocol/messages.js';
import type { Topics } from '../protocol/topics.js';
import { type DataPlaneCounters, openDataPlane, type RingPlace } from '../transport/data-plane.js';
import type { Transport } from '../transport/transport.js';
import type { Activity } from './activity.js';
import { type StageSpec, stageOf } from './build.js';
import { startComputeHost } from './compute-host.js';
import type { Incoming, Outgoing } from './node-messages.js';
import type { ScheduleName } from './schedules/schedules.js';
import { outputShapeOf } from './worker.js';

/** What a node tells beyond its neighbours; `done` is position 1's word to the master. */
export type Report = Extract<Outgoing, { kind: 'loss' | 'evaluated' | 'updated' | 'weights' | 'done' | 'fault' }>;

export interface RingPositionOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  readonly place: RingPlace;
  readonly stage: StageSpec;
  readonly engine: EngineName;
  /** Which library the engine `blas` loads here. */
  readonly blas: BlasSettings;
  readonly schedule: ScheduleName;
  /** Cap on the engine's memory. */
  readonly memoryBytes: number;
  onReport(report: Report): void;
  /** The position cannot go on: its compute thread died, or a frame was lost. */
  onFailure(error: Error): void;
}

export interface RingPosition {
  /** Since the position was taken. */
  figures(): NodeFigures;
  /** Straight to the own node: the master's targets. */
  deliver(message: Incoming): void;
  /** To a neighbour, as if the own node had computed it: the master's stream. */
  send(message: Extract<Outgoing, { kind: 'activation' | 'eval' | 'collect' }>): void;
  close(): Promise<void>;
}

/**
 * Builds the stage, then opens the links.
 * @throws CapacityError when the stage does not fit, ConnectionError when the links are denied
 */
export async function openRingPosition(options: RingPositionOptions): Promise<RingPosition> {
  const { transport, topics, place, stage, engine, blas, schedule, memoryBytes, onReport, onFailure } = options;
  const shapes = frameShapes(stage, place);
  const host = await startComputeHost(
    { spec: stage, engine, blas, schedule, memoryBytes },
    { onMessage: (message) => (isForNeighbour(message) ? send(message) : report(message)), onCrash: onFailure },
  );
  const plane = await openDataPlane({
    transport,
    topics,
    place,
    microBatches: stage.microBatches,
    onLost: onFailure,
    expectedShape: (kind) => shapes[kind],
    onFrame: (frame) => (frame.kind === 'done' ? onReport({ ...frame, kind: 'done' }) : host.deliver(incoming(frame))),
  }).catch(async (error) => {
    await host.close();
    throw error;
  });

  const sinceMs = performance.now();

  function send(message: ForNeighbour): void {
    const tensor = 'data' in message ? { shape: outgoingShape(message.kind), data: message.data } : null;
    plane.send({ kind: message.kind, step: message.step, micro: 'micro' in message ? message.micro : 0, tensor });
  }

  function outgoingShape(kind: FrameKind): readonly number[] {
    return (kind === 'gradient' ? shapes.activation : place.position === 0 ? shapes.stream : shapes.gradient) ?? [];
  }

  function report(message: Report): void {
    if (message.kind === 'weights' && place.position !== 0)
      plane.sendWeights(message.step, message.file).catch(onFailure);
    else onReport(message);
  }

  return {
    figures: () => figuresOf(host.activity, plane.counters, performance.now() - sinceMs),
    deliver: host.deliver,
    send,
    close: async () => {
      await plane.close();
      await host.close();
    },
  };
}

function figuresOf(activity: Activity, counters: DataPlaneCounters, wallMs: number): NodeFigures {
  const idleShare = Math.max(0, 1 - (activity.busySeconds * 1000) / wallMs);
  return { phase: activity.phase, idleShare, seconds: activity.seconds, ...counters };
}

type ForNeighbour = Extract<Outgoing, { kind: 'activation' | 'eval' | 'gradient' | 'collect' | 'done' }>;

function isForNeighbour(message: Outgoing): message is ForNeighbour {
  return (FRAME_KINDS as readonly string[]).includes(message.kind);
}

function frameShapes(stage: StageSpec, { position }: RingPlace) {
  const { layers, inputShape } = stageOf(stage);
  const microBatch = stage.batch / stage.microBatches;
  const activation = [microBatch, ...inputShape];
  const gradient = position === 0 ? null : [microBatch, ...outputShapeOf({ layers, inputShape })];
  return {
    activation,
    eval: activation,
    gradient,
    collect: null,
    done: null,
    stream: [microBatch, ...stage.inputShape],
  };
}

/** The data plane has checked kind and shape: a frame for a node lacks its tensor only where none belongs. */
function incoming({ kind, step, micro, tensor }: Frame): Incoming {
  if (kind === 'collect') return { kind, step };
  return { kind: kind as 'activation' | 'eval' | 'gradient', step, micro, data: (tensor as FrameTensor).data };
}
