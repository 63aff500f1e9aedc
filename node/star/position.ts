// A position of the star: the server or a worker in its compute thread, joined to those it exchanges frames with. Board
// and master alike stand in the star through this; only the master streams data, and hears what the server reports.

import type { BlasSettings } from '../../compute/engines/blas-library.js';
import type { EngineName } from '../../compute/kernels.js';
import { lossOf } from '../../compute/loss.js';
import type { Frame, FrameKind, FrameTensor } from '../../protocol/frame.js';
import type { NodeFigures } from '../../protocol/node-figures.js';
import type { Topics } from '../../protocol/topics.js';
import { EXACT_WIRE, type TensorKind, type Wire, wireDtypeOf } from '../../protocol/wire-dtypes.js';
import { nowBy } from '../../transport/board-clock.js';
import { openDataPlane, type Place } from '../../transport/data-plane.js';
import { starOrder } from '../../transport/frame-order.js';
import type { DirectLinks } from '../../transport/links.js';
import type { Transport } from '../../transport/transport.js';
import { accountOf } from '../account.js';
import type { Activity } from '../activity.js';
import { type StageSpec, stageOf } from '../build.js';
import { startComputeHost } from '../compute-host.js';
import { ComputePace } from '../compute-pace.js';
import { clocksBeyond } from '../consistency.js';
import { boardMs, type Emulation, linkOf } from '../emulation.js';
import type { Incoming, Outgoing, Start } from '../node-messages.js';
import { piecesOf } from '../pieces.js';
import { outputShapeOf } from '../worker.js';
import { type StarPart, vectorElements } from './part.js';
import { pushOrder } from './push-order.js';

/** What the server tells the run, and any node of its faults. */
export type StarReport = Extract<
  Outgoing,
  { kind: 'pushed' | 'evaluating' | 'evaluated' | 'snapshot' | 'weights' | 'fault' }
>;

export interface StarPositionOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  readonly place: Place;
  /** Null: all frames go through the fleet's broker. */
  readonly links: DirectLinks | null;
  /** With its part in the star. */
  readonly stage: StageSpec;
  readonly engine: EngineName;
  /** Which library the engine `blas` loads here. */
  readonly blas: BlasSettings;
  /** Makes this a board that is not there. */
  readonly emulation?: Emulation | undefined;
  /** Cap on the engine's memory. */
  readonly memoryBytes: number;
  /** As what tensors travel in this run; as 32-bit floats unless told. */
  readonly wire?: Wire | undefined;
  /** The server's: the cut that it goes on from; the beginning unless told. */
  readonly start?: Start | undefined;
  /** Told when a worker has pushed, which frees room for the next share of its own data. */
  onPushed?(clock: number): void;
  onReport(report: StarReport): void;
  /** The position cannot go on: its compute thread died. */
  onFailure(error: Error): void;
  /** Frames to or from that peer were lost: for a worker, the server. */
  onPeerLost(error: Error, peer: number): void;
}

export interface ShareOfData {
  readonly kind: 'activation' | 'targets';
  readonly clock: number;
  readonly micro: number;
  readonly localSteps: number;
  readonly data: Float32Array;
}

export interface StarPosition {
  /** What the compute thread does. */
  readonly activity: Activity;
  /** Since the position was taken. */
  figures(): NodeFigures;
  /** When the event under way was due, by the board's clock; between two, now. */
  nowMs(): number;
  /** Straight to the own node. */
  deliver(message: Incoming): void;
  /** A worker's share of the data, to it: of one of the clock's local steps. */
  sendShare(to: number, share: ShareOfData): void;
  close(): Promise<void>;
}

/**
 * Builds the stage, then opens the links.
 * @throws CapacityError when the stage does not fit, ConnectionError when the links are denied
 */
export async function openStarPosition(options: StarPositionOptions): Promise<StarPosition> {
  const { transport, topics, place, links, stage, engine, blas, emulation, memoryBytes } = options;
  const { wire = EXACT_WIRE, start, onReport, onFailure, onPeerLost, onPushed } = options;
  const geometry = geometryOf(stage);
  const link = linkOf(emulation);
  const pushes = pushOrder(geometry.pieces, clocksBeyond(stage.star as StarPart));
  const host = await startComputeHost(
    { spec: stage, window: stage.window, engine, blas, memoryBytes, emulation, wire, start },
    { time: link?.time, onMessage: fromNode, onCrash: onFailure },
  );
  const pace = new ComputePace(host.activity);
  const plane = await openDataPlane({
    transport,
    topics,
    place,
    links,
    order: place.position === 0 ? pushes.order : starOrder(geometry.framesOfClock),
    link,
    wire,
    onLost: onPeerLost,
    expectedShape: geometry.shapeAt,
    onFrame: (frame, sender) => host.deliver(incoming(frame, sender)),
  }).catch(async (error) => {
    await host.close();
    throw error;
  });
  const sinceMs = performance.now();

  function fromNode(message: Outgoing): void {
    if (message.kind === 'parameters') sendParameters(message);
    else if (message.kind === 'gradient') sendGradient(message);
    else if (isReport(message)) onReport(message);
  }

  /** The same bytes for several workers: each frame completes a buffer of its own. */
  function sendParameters(message: Extract<Outgoing, { kind: 'parameters' }>): void {
    const { step, micro, data, to, until, localSteps } = message;
    const shape = geometry.shapeAt('parameters', micro) as readonly number[];
    const told = { ...(until !== undefined && { until }), ...geometry.fewer(localSteps) };
    pushes.granted({ step, micro, to, until });
    for (const [at, worker] of to.entries()) {
      const own = at === to.length - 1 ? data : data.slice(0);
      const tensor = { shape, dtype: wire.parameters, data: own };
      plane.send({ kind: 'parameters', step, micro, ...told, tensor }, worker);
    }
  }

  function sendGradient(message: Extract<Outgoing, { kind: 'gradient' }>): void {
    const { step, micro, data, entries = 0, isSparse, loss, basis } = message;
    const tensor = { shape: [entries], dtype: wire.gradients, data, ...(isSparse && { index: 'packed' as const }) };
    const told = { ...(loss !== undefined && { loss }), ...(basis !== undefined && { basis }) };
    plane.send({ kind: 'gradient', step, micro, from: place.position, ...told, tensor });
    if (loss !== undefined) onPushed?.(step);
  }

  return {
    activity: host.activity,
    figures: () => ({
      ...accountOf({ activity: host.activity, plane, wallMs: performance.now() - sinceMs, emulation, link }),
      window: 1,
      microBatchMs: boardMs(pace.measure(), emulation),
      linkMs: boardMs(plane.linkMs, emulation),
    }),
    nowMs: () => nowBy(link?.time),
    deliver: host.deliver,
    sendShare: (to, { kind, clock, micro, localSteps, data }) => {
      const shape = geometry.shareShape(kind, to);
      const key = { kind, step: clock, micro, ...geometry.fewer(localSteps) };
      plane.send({ ...key, tensor: { shape, dtype: wireDtypeOf(kind as TensorKind, wire), data } }, to);
    },
    close: async () => {
      await plane.close();
      await host.close();
    },
  };
}

function isReport(message: Outgoing): message is StarReport {
  return ['pushed', 'evaluating', 'evaluated', 'snapshot', 'weights', 'fault'].includes(message.kind);
}

/** How large each frame is, and how many make up a clock of a worker. */
function geometryOf(stage: StageSpec) {
  const { role, shares, localSteps } = stage.star as StarPart;
  const { layers, inputShape, ending } = stageOf(stage);
  const pieces = piecesOf(vectorElements(layers));
  const targetShape = lossOf(stage.loss).targetShape(outputShapeOf({ layers, inputShape }));
  const shareShape = (kind: 'activation' | 'targets', worker: number): readonly number[] => {
    return [shares[worker - 1] as number, ...(kind === 'activation' ? inputShape : targetShape)];
  };
  const pieceShape = (micro: number) => {
    const piece = pieces[micro];
    return piece ? [piece.end - piece.start] : null;
  };
  const heard: readonly FrameKind[] =
    role === 'server' ? ['gradient'] : ['parameters', ...(ending ? (['activation', 'targets'] as const) : [])];
  const own = (stage.star as StarPart).position;
  return {
    pieces: pieces.length,
    framesOfClock: { parameters: pieces.length, activation: localSteps, targets: localSteps },
    shareShape,
    /** What frames say of a clock that is shorter than others. */
    fewer: (asked = localSteps) => (asked < localSteps ? { localSteps: asked } : {}),
    shapeAt: (kind: FrameKind, micro: number): readonly number[] | null => {
      if (kind === 'parameters' || kind === 'gradient') return pieceShape(micro);
      return heard.includes(kind) && (kind === 'activation' || kind === 'targets') ? shareShape(kind, own) : null;
    },
  };
}

/** The data plane has checked kind and shape. */
function incoming({ kind, step, micro, loss, basis, until, localSteps, tensor }: Frame, from: number): Incoming {
  const { data, index } = tensor as FrameTensor;
  if (kind === 'targets') return { kind, step, micro, training: true, samples: data.length, data };
  if (kind === 'parameters') return { kind, step, micro, until, localSteps, data };
  return { kind: kind as 'activation' | 'gradient', step, micro, from, loss, basis, index, data } as Incoming;
}
