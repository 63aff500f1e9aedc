// Stages of a star for tests: a server's or a worker's, of a small model or of one in several pieces.

import { actionCosts } from '../../node/action-costs.js';
import { Activity } from '../../node/activity.js';
import { buildWorker, type StageSpec, stageOf } from '../../node/build.js';
import type { Node, Outgoing } from '../../node/node-messages.js';
import type { StarPart } from '../../node/star/part.js';
import { starNode } from '../../node/star/star-node.js';
import type { Worker } from '../../node/worker.js';
import { EXACT_WIRE, type Wire } from '../../protocol/wire-dtypes.js';
import { ENGINES } from './engines.js';

/** What a run around a server has in common. */
export interface StarRun {
  readonly stage: Pick<StageSpec, 'inputShape' | 'layers' | 'endLayer' | 'optimizer'>;
  readonly shares: readonly number[];
  readonly star?: Partial<StarPart>;
  readonly wire?: Wire;
}

export const CLASSES = 2;

/** 8 parameters, in two tensors, padded to 32 in one piece. */
export const TINY: StarRun['stage'] = {
  inputShape: [3],
  layers: [{ type: 'dense', units: CLASSES }],
  endLayer: 1,
  optimizer: { type: 'sgd', learningRate: 1 },
};

/** 90,902 parameters: two pieces, the first of which ends within the first tensor. */
export const WIDE: StarRun['stage'] = {
  inputShape: [300],
  layers: [
    { type: 'dense', units: 300, activation: 'tanh' },
    { type: 'dense', units: CLASSES },
  ],
  endLayer: 3,
  optimizer: { type: 'sgd', learningRate: 0.5, momentum: 0.9 },
};

export function partAt({ shares, star }: StarRun, position: number): StarPart {
  return {
    consistency: 'bsp',
    staleness: 1,
    localSteps: 1,
    data: 'stream',
    filter: { type: 'none' },
    role: position === 0 ? 'server' : 'worker',
    samplesOfStep: shares.reduce((sum, share) => sum + share, 0),
    shares,
    position,
    firstStep: 0,
    ...star,
  };
}

/** @param position 0 is the server */
export function stageAt(run: StarRun, position: number): StageSpec {
  const star = partAt(run, position);
  const batch = position === 0 ? star.samplesOfStep : (run.shares[position - 1] as number);
  return {
    ...run.stage,
    ...{ firstLayer: 0, last: true, loss: 'softmaxCrossEntropy', seed: 3 },
    ...{ batch, microBatches: 1, schedule: 'sync', window: position === 0 ? 0 : 1, star },
  };
}

export interface NodeInTest {
  readonly node: Node;
  readonly worker: Worker;
  readonly activity: Activity;
}

export async function nodeAt(run: StarRun, position: number, emit: (message: Outgoing) => void): Promise<NodeInTest> {
  const stage = stageAt(run, position);
  const worker = await buildWorker(stage, ENGINES.wasm);
  const activity = new Activity();
  const [part, costs] = [stage.star as StarPart, actionCosts(stageOf(stage))];
  const { wire = EXACT_WIRE } = run;
  const node = starNode({ worker, part, optimizer: stage.optimizer, costs, activity, wire, emit });
  return { node, worker, activity };
}
