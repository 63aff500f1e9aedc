// A star in one thread: what a node emits reaches its receiver at once, as the wire would leave it, and whichever node is
// chosen works next. The same nodes as in a fleet, without threads or links between them.

import type { Incoming, Node, Outgoing } from '../../node/node-messages.js';
import { piecesOf } from '../../node/pieces.js';
import { decodeFrame, encodeFrame, type FrameTensor } from '../../protocol/frame.js';
import { EXACT_WIRE } from '../../protocol/wire-dtypes.js';
import type { Samples } from './star-samples.js';
import { vectorsOf } from './star-samples.js';
import { type NodeInTest, nodeAt, partAt, type StarRun } from './star-stages.js';

export type PushedPiece = Extract<Incoming, { kind: 'gradient' }>;

export interface LocalStar {
  readonly server: NodeInTest;
  /** By position from 1. */
  readonly workers: readonly NodeInTest[];
  /** As they reached the server, in their order. */
  readonly pushes: readonly PushedPiece[];
  /** All else that the nodes told. */
  readonly told: readonly Outgoing[];
  /**
   * The data of a worker's local step; with the last of a clock the server hears of it.
   * @param localSteps of the clock; as many as the run has unless told
   */
  give(worker: number, clock: number, micro: number, samples: Samples, localSteps?: number): void;
  /**
   * Lets nodes work, one action at a time, until none has anything to do.
   * @param random numbers in [0, 1), which choose the node
   */
  run(random: () => number): void;
}

export async function openLocalStar(run: StarRun): Promise<LocalStar> {
  const { wire = EXACT_WIRE, shares } = run;
  const { localSteps: usualSteps } = partAt(run, 0);
  const pushes: PushedPiece[] = [];
  const told: Outgoing[] = [];
  const server = await nodeAt(run, 0, (message) => {
    if (message.kind === 'parameters') sendParameters(message);
    else told.push(message);
  });
  const workers = await Promise.all(shares.map((_, index) => nodeAt(run, index + 1, fromWorker(index + 1))));
  const pieces = piecesOf(vectorsOf(server.worker).weights.size);

  function sendParameters(message: Extract<Outgoing, { kind: 'parameters' }>): void {
    const { step, micro, data, to, until, localSteps } = message;
    const { start, end } = pieces[micro] as (typeof pieces)[number];
    for (const worker of to) {
      const { data: values } = sent({ shape: [end - start], dtype: wire.parameters, data: data.slice(0) });
      workers[worker - 1]?.node.deliver({ kind: 'parameters', step, micro, until, localSteps, data: values });
    }
  }

  function fromWorker(from: number): (message: Outgoing) => void {
    return (message) => {
      if (message.kind !== 'gradient') return void told.push(message);
      const { step, micro, data, entries = 0, isSparse, loss, basis } = message;
      const index = isSparse ? ({ index: 'packed' } as const) : {};
      const tensor = sent({ shape: [entries], dtype: wire.gradients, data, ...index });
      const push = { step, micro, from, loss, basis, data: tensor.data, index: tensor.index ?? undefined };
      pushes.push({ kind: 'gradient', ...push, data: push.data.slice() });
      server.node.deliver({ kind: 'gradient', ...push });
    };
  }

  return {
    server,
    workers,
    pushes,
    told,
    give: (worker, clock, micro, { data, targets }, localSteps = usualSteps) => {
      const { node } = workers[worker - 1] as NodeInTest;
      const [place, samples] = [{ step: clock, micro }, targets.length];
      node.deliver({ kind: 'targets', ...place, training: true, samples, data: targets });
      node.deliver({ kind: 'activation', ...place, data });
      if (micro === localSteps - 1) server.node.deliver({ kind: 'share', to: worker, localSteps });
    },
    run: (random) => runUntilQuiet([server, ...workers], random),
  };
}

/** What a frame's receiver makes of a tensor. */
function sent(tensor: Parameters<typeof encodeFrame>[0]['tensor']): FrameTensor {
  const key = { run: 'local', generation: 0, kind: 'gradient', step: 0, micro: 0 } as const;
  return decodeFrame(encodeFrame({ ...key, tensor })).tensor as FrameTensor;
}

/** A node that had nothing to do is asked again as soon as another one did something. */
function runUntilQuiet(all: readonly NodeInTest[], random: () => number): void {
  const nodes = all.map(({ node }) => node);
  let awake = [...nodes];
  while (awake.length > 0) {
    const node = awake[Math.floor(random() * awake.length)] as Node;
    awake = node.runOnce() ? [...nodes] : awake.filter((other) => other !== node);
  }
}
