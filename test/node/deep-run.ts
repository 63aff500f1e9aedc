// A deep model trained in two ways, by a ring and by one board in a plain loop, and what is left of either
// to compare: losses, evaluations and weights.

import type { EngineName } from '../../compute/kernels.js';
import type { LayerSpec, OptimizerSpec } from '../../compute/specs.js';
import { buildWorker, type StageSpec } from '../../node/build.js';
import { fileOfWeights } from '../../node/weights-file.js';
import type { Evaluated, Worker } from '../../node/worker.js';
import { ENGINES } from '../support/engines.js';
import { joinWeights, type LocalRing, openLocalRing, type Told } from '../support/local-ring.js';
import { batchOf, gradientStep } from './sample-runs.js';

export const CLASSES = 3;
export const STEPS = 10;
/** Behind which step the ring is asked to evaluate, and to give its weights. */
export const ASKED_STEPS = [1, 4, STEPS];

/** Eleven dense layers and three dropouts; 25 layers with flatten and the activations. */
const HIDDEN: LayerSpec[] = (['tanh', 'relu', 'leakyRelu', 'sigmoid', 'tanh'] as const).flatMap((activation) => [
  { type: 'dense', units: 8, activation },
  { type: 'dense', units: 6, activation: 'tanh', kernelInitializer: 'heNormal' },
]);
const LAYERS: LayerSpec[] = [
  { type: 'flatten' },
  ...HIDDEN.slice(0, 4),
  { type: 'dropout', rate: 0.1 },
  ...HIDDEN.slice(4, 8),
  { type: 'dropout', rate: 0.2 },
  ...HIDDEN.slice(8),
  { type: 'dropout', rate: 0.1 },
  { type: 'dense', units: CLASSES },
];
export const LAYER_COUNT = 25;

export const OPTIMIZERS: Readonly<Record<string, OptimizerSpec>> = {
  sgd: { type: 'sgd', learningRate: 0.2, momentum: 0.9, clipnorm: 1 },
  adam: { type: 'adam', learningRate: 0.01 },
};

export function wholeModel(optimizer: OptimizerSpec): StageSpec {
  return {
    inputShape: [2, 3],
    layers: LAYERS,
    seed: 7,
    firstLayer: 0,
    endLayer: LAYER_COUNT,
    last: true,
    loss: 'softmaxCrossEntropy',
    optimizer,
    batch: 16,
    microBatches: 4,
    schedule: 'sync',
    window: 1,
  };
}

export const SGD_MODEL = wholeModel(OPTIMIZERS.sgd!);
const EVALUATED_ROWS = 3; // of 4: the last one is padding
export const evaluationBatch = batchOf(SGD_MODEL, CLASSES, 999)[0]!;

/** What a run leaves behind. */
export interface Outcome {
  readonly losses: number[];
  /** Of the steps asked about. */
  readonly evaluated: Evaluated[];
  readonly weights: Uint8Array[];
}

/** One board, one loop. */
export async function trainAlone(spec: StageSpec, engine: EngineName): Promise<Outcome> {
  const worker = await buildWorker(spec, ENGINES[engine]);
  const outcome: Outcome = { losses: [], evaluated: [], weights: [] };
  for (let step = 0; step <= STEPS; step++) {
    if (ASKED_STEPS.includes(step)) ask(worker, outcome);
    if (step === STEPS) break;
    outcome.losses.push(gradientStep(worker, batchOf(spec, CLASSES, step), step));
    worker.update();
  }
  return outcome;
}

function ask(worker: Worker, { evaluated, weights }: Outcome): void {
  worker.evaluate(evaluationBatch.data);
  evaluated.push(worker.judge(evaluationBatch.targets, EVALUATED_ROWS));
  weights.push(joinWeights([fileOfWeights(worker.store)]));
}

/** Streams the whole run at once: the nodes must wait for their versions by themselves. */
export function streamRun(ring: LocalRing, spec: StageSpec): void {
  for (let step = 0; step <= STEPS; step++) {
    if (ASKED_STEPS.includes(step)) streamQuestion(ring, step);
    if (step < STEPS) streamStep(ring, spec, step);
  }
}

export function streamStep(ring: LocalRing, spec: StageSpec, step: number): void {
  for (const [micro, { data, targets }] of batchOf(spec, CLASSES, step).entries()) {
    ring.target({ kind: 'targets', step, micro, training: true, samples: targets.length, data: targets });
    ring.stream({ kind: 'activation', step, micro, data });
  }
}

export function streamQuestion(ring: LocalRing, step: number): void {
  const { data, targets } = evaluationBatch;
  ring.target({ kind: 'targets', step, micro: 0, training: false, samples: EVALUATED_ROWS, data: targets });
  ring.stream({ kind: 'eval', step, micro: 0, data });
  ring.stream({ kind: 'collect', step });
}

export function toldOf<Kind extends Told['kind']>(ring: LocalRing, kind: Kind): Extract<Told, { kind: Kind }>[] {
  return ring.told.filter((message): message is Extract<Told, { kind: Kind }> => message.kind === kind);
}

export function outcomeOf(ring: LocalRing): Outcome {
  const losses = new Array<number>(STEPS).fill(0);
  for (const { step, loss } of toldOf(ring, 'loss')) losses[step]! += loss;
  const evaluated = toldOf(ring, 'evaluated').map(({ lossSum, metricSum }) => ({ lossSum, metricSum }));
  const weights = ASKED_STEPS.map((asked) => {
    const files = toldOf(ring, 'weights').filter(({ step }) => step === asked);
    return joinWeights(files.toSorted((a, b) => a.position - b.position).map(({ file }) => file));
  });
  return { losses, evaluated, weights };
}

export async function openRing(engine: EngineName, firstLayers: readonly number[], window = 4, optimizer = 'sgd') {
  const run = wholeModel(OPTIMIZERS[optimizer]!);
  const ring = await openLocalRing({ run, engine: ENGINES[engine], firstLayers, layers: LAYER_COUNT, window });
  return { run, ring };
}
