// A real server with workers that compute nothing: they push when their parameters allow their clock, as fast as chance
// will have it. What the server granted and took in is recorded, in its order.

import { stageOf } from '../../node/build.js';
import type { Outgoing } from '../../node/node-messages.js';
import { piecesOf } from '../../node/pieces.js';
import { vectorElements } from '../../node/star/part.js';
import { type NodeInTest, nodeAt, type StarRun, stageAt } from './star-stages.js';

export interface Recorded {
  /** `grant`: the last piece of the parameters for a clock was sent; `push`: the last of its gradient was taken in. */
  readonly kind: 'grant' | 'push' | 'drop';
  readonly worker: number;
  readonly clock: number;
  /** Of a grant: the first clock that it does not allow. */
  readonly until?: number;
}

export interface MadeUpStar extends NodeInTest {
  readonly records: readonly Recorded[];
  /** All that the server told, but for parameters. */
  readonly told: Outgoing[];
  /** Pieces of parameters that a worker was sent, over all its clocks. */
  sentTo(worker: number): number;
  /** Gives workers the data of so many clocks more. */
  share(clocks: number): void;
  /** One push, or the next piece of one, if this worker may. @returns whether it did */
  pushPiece(worker: number): boolean;
  drop(worker: number): void;
  /** Lets the server work until it has nothing to do. */
  settle(): void;
}

export interface MadeUpOptions {
  /** Entry `at` of the gradient that a worker pushes at a clock; 0 unless told. */
  gradientAt?(worker: number, clock: number, at: number): number;
}

export async function openMadeUpStar(run: StarRun, { gradientAt = () => 0 }: MadeUpOptions = {}): Promise<MadeUpStar> {
  const pieces = piecesOf(vectorElements(stageOf(stageAt(run, 0)).layers));
  const records: Recorded[] = [];
  const told: Outgoing[] = [];
  const sent = run.shares.map(() => 0);
  const pushed = run.shares.map(() => 0);
  const clocks = run.shares.map(() => 0);
  const grants = run.shares.map(() => ({ clock: -1, until: 0 }));
  const gone = new Set<number>();
  const emit = (message: Outgoing) => {
    if (message.kind === 'parameters') {
      for (const worker of message.to) {
        if (message.micro === pieces.length - 1) grant(worker, message);
        sent[worker - 1] = (sent[worker - 1] as number) + 1;
      }
    } else {
      told.push(message);
      if (message.kind !== 'pushed') return;
      const clock = clocks[message.from - 1] as number;
      clocks[message.from - 1] = clock + 1;
      records.push({ kind: 'push', worker: message.from, clock });
    }
  };
  const grant = (worker: number, { step: clock, until }: { step: number; until?: number }) => {
    records.push({ kind: 'grant', worker, clock, ...(until !== undefined && { until }) });
    grants[worker - 1] = { clock, until: until ?? clock + 1 };
  };
  const server = await nodeAt(run, 0, emit);
  return {
    ...server,
    records,
    told,
    sentTo: (worker) => sent[worker - 1] as number,
    share: (count) => {
      for (let clock = 0; clock < count; clock++) {
        for (const index of run.shares.keys()) server.node.deliver({ kind: 'share', to: index + 1 });
      }
    },
    pushPiece: (worker) => {
      const next = pushed[worker - 1] as number;
      const [step, micro] = [Math.floor(next / pieces.length), next % pieces.length];
      const { clock: last, until } = grants[worker - 1] as (typeof grants)[number];
      if (gone.has(worker) || step >= until) return false;
      const { start, end } = pieces[micro] as (typeof pieces)[number];
      const data = Float32Array.from({ length: end - start }, (_, at) => gradientAt(worker, step, start + at));
      const told = micro === pieces.length - 1 ? { loss: 0, basis: Math.min(step, last) } : {};
      pushed[worker - 1] = next + 1;
      server.node.deliver({ kind: 'gradient', from: worker, step, micro, data, ...told });
      return true;
    },
    drop: (worker) => {
      gone.add(worker);
      records.push({ kind: 'drop', worker, clock: clocks[worker - 1] as number });
      server.node.deliver({ kind: 'lost', worker });
    },
    settle: () => {
      while (server.node.runOnce());
    },
  };
}
