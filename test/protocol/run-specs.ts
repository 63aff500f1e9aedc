// Run files that are right, as their users write them: one with nothing but what must be said, one with
// everything, and one per kind of data.

const dense = { type: 'dense', units: 10 };

export const MINIMAL = {
  name: 'digits',
  data: { source: 'mnist' },
  model: { layers: [dense] },
  loss: 'softmaxCrossEntropy',
};

export const COMPLETE = {
  $schema: './run.schema.json',
  name: 'digits-1',
  seed: 0xffffffff,
  data: { source: 'mnist', holdOut: 1000 },
  model: {
    layers: [
      { type: 'flatten' },
      { type: 'dense', units: 8, useBias: false, kernelInitializer: 'heNormal', biasInitializer: 'zeros' },
      { type: 'activation', activation: 'leakyRelu', alpha: 0.1 },
      { type: 'dropout', rate: 0.5 },
      { ...dense, activation: 'tanh' },
    ],
  },
  loss: 'binaryCrossEntropy',
  optimizer: {
    type: 'adam',
    learningRate: 0.01,
    schedule: { type: 'cosine', steps: 100, alpha: 0 },
    weightDecay: 0.001,
    clipnorm: 1,
    beta1: 0.9,
    beta2: 0.99,
    epsilon: 1e-8,
  },
  training: { epochs: 2, steps: 10, batch: 30, microBatches: 5, schedule: 'sync', shuffle: false },
  boards: 3,
  mode: 'star',
  star: {
    consistency: 'ssp',
    staleness: 2,
    localSteps: 4,
    data: 'local',
    filter: { type: 'significance', threshold: 0.001 },
  },
  masterStage: true,
  links: 'direct',
  snapshots: { everySteps: 100 },
  engine: 'plain',
  wire: { activations: 'bf16', gradients: 'int8', parameters: 'f16' },
};

export const CSV = {
  ...MINIMAL,
  name: 'prices',
  data: { source: 'csv', path: 'prices.csv', target: 'price', task: 'regression', columns: ['rooms'] },
  loss: 'meanSquaredError',
  optimizer: { type: 'sgd', momentum: 0.9, nesterov: true, schedule: { type: 'step', every: 10, factor: 0.5 } },
};

export const IDX = {
  ...MINIMAL,
  name: 'fashion',
  data: {
    source: 'idx',
    train: { images: 'train-images.gz', labels: 'train-labels.gz' },
    test: { images: 'test-images.gz', labels: 'test-labels.gz' },
  },
  optimizer: { type: 'sgd', schedule: { type: 'constant' } },
};

export const GOOD_RUN_SPECS: Readonly<Record<string, object>> = { MINIMAL, COMPLETE, CSV, IDX };
