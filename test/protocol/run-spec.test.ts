// Run files: what is right passes and gets its defaults; what is wrong is told with path, value and what
// is allowed; and the published JSON schema agrees with both.

import { expect } from 'chai';
import { ConfigurationError } from '../../errors.js';
import { runSpecJsonSchema, runSpecSchema } from '../../protocol/run-spec.js';
import { validate } from '../../protocol/validation.js';
import { accepts } from './json-schema.js';
import { COMPLETE, CSV, GOOD_RUN_SPECS, IDX, MINIMAL } from './run-specs.js';

const read = (value: unknown) => validate('run.yaml', runSpecSchema, value);
const withLayer = (layer: object) => ({ ...MINIMAL, model: { layers: [{ type: 'flatten' }, layer] } });

const withStar = (star: object) => ({ ...MINIMAL, mode: 'star', star });
const withFilter = (filter: object) => withStar({ filter });

function faultOf(value: unknown): string {
  try {
    read(value);
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigurationError);
    return (error as Error).message;
  }
  return expect.fail('nothing was refused');
}

describe('a run file', () => {
  it('needs a name, data, layers and a loss; the rest has defaults', () => {
    expect(read(MINIMAL)).to.deep.equal({
      name: 'digits',
      seed: 1,
      data: { source: 'mnist', holdOut: 2000 },
      model: { layers: [{ type: 'dense', units: 10 }] },
      loss: 'softmaxCrossEntropy',
      optimizer: { type: 'sgd', learningRate: 0.1 },
      training: { batch: 32, microBatches: 4, schedule: 'sync', shuffle: true },
      mode: 'ring',
      star: { consistency: 'bsp', staleness: 1, localSteps: 1, data: 'stream', filter: { type: 'none' } },
      masterStage: false,
      engine: 'auto',
      links: 'hub',
      wire: { activations: 'f32', gradients: 'f32', parameters: 'f32' },
      snapshots: {},
    });
  });

  it('keeps everything that it says', () => {
    expect(read(COMPLETE)).to.deep.equal(COMPLETE);
  });

  it('reads tables with a header, a fifth held out, and normalised', () => {
    expect(read(CSV).data).to.deep.equal({ ...CSV.data, header: true, holdOut: 0.2, normalize: 'standard' });
    expect(read({ ...CSV, data: { ...CSV.data, target: 4 } }).data).to.include({ target: 4 });
  });

  it('fills in what of `training` is not said', () => {
    expect(read({ ...MINIMAL, training: { batch: 8 } }).training).to.include({ batch: 8, microBatches: 4 });
  });

  it('may have a star that sends all of a gradient, or with no bound but its first clock', () => {
    expect(read(withFilter({ type: 'topK', share: 1 })).star.filter).to.deep.equal({ type: 'topK', share: 1 });
    expect(read(withStar({ consistency: 'ssp', staleness: 0 })).star).to.include({ consistency: 'ssp', staleness: 0 });
  });

  it('reads again what it has read: a plan carries it to the boards', () => {
    for (const spec of Object.values(GOOD_RUN_SPECS)) {
      const once = read(spec);
      expect(read(JSON.parse(JSON.stringify(once)))).to.deep.equal(once);
    }
  });

  const allowed = {
    top: '$schema, name, seed, data, model, loss, optimizer, training, boards, mode, star, masterStage, engine, links, wire, snapshots',
    dense: 'type, units, useBias, kernelInitializer, biasInitializer, activation',
    sgd: 'type, learningRate, schedule, weightDecay, clipnorm, momentum, nesterov',
    adam: 'type, learningRate, schedule, weightDecay, clipnorm, beta1, beta2, epsilon',
    csv: 'source, path, target, header, holdOut, task, columns, normalize',
  };
  const UNKNOWN_KEYS: readonly [value: object, fault: string][] = [
    [{ ...MINIMAL, traning: {} }, `traning is not a known key, did you mean "training"? (allowed: ${allowed.top})`],
    [
      { ...MINIMAL, training: { bach: 1 } },
      'training.bach is not a known key, did you mean "batch"? (allowed: epochs, steps, batch, microBatches, schedule, shuffle)',
    ],
    [
      { ...MINIMAL, model: { ...MINIMAL.model, layer: [] } },
      'model.layer is not a known key, did you mean "layers"? (allowed: layers)',
    ],
    [
      withLayer({ type: 'dense', units: 1, activations: 'relu' }),
      `model.layers.1.activations is not a known key, did you mean "activation"? (allowed: ${allowed.dense})`,
    ],
    [
      withLayer({ type: 'dropout', rate: 0.5, units: 1 }),
      'model.layers.1.units is not a known key (allowed: type, rate)',
    ],
    [
      { ...MINIMAL, optimizer: { type: 'sgd', momentun: 0.9 } },
      `optimizer.momentun is not a known key, did you mean "momentum"? (allowed: ${allowed.sgd})`,
    ],
    [
      { ...MINIMAL, optimizer: { type: 'adam', momentum: 0.9 } },
      `optimizer.momentum is not a known key (allowed: ${allowed.adam})`,
    ],
    [
      { ...MINIMAL, optimizer: { type: 'sgd', schedule: { type: 'step', every: 1, factor: 1, facto: 2 } } },
      'optimizer.schedule.facto is not a known key, did you mean "factor"? (allowed: type, every, factor)',
    ],
    [
      { ...CSV, data: { ...CSV.data, normalise: 'none' } },
      `data.normalise is not a known key, did you mean "normalize"? (allowed: ${allowed.csv})`,
    ],
    [
      { ...IDX, data: { ...IDX.data, train: { ...IDX.data.train, label: 'x' } } },
      'data.train.label is not a known key, did you mean "labels"? (allowed: images, labels)',
    ],
    [
      { ...MINIMAL, wire: { gradient: 'f16' } },
      'wire.gradient is not a known key, did you mean "gradients"? (allowed: activations, gradients, parameters)',
    ],
    [JSON.parse('{"__proto__": 1}'), '__proto__ is not a known key (allowed:'],
    [{ toString: 1 }, 'toString is not a known key (allowed:'],
  ];
  for (const [value, fault] of UNKNOWN_KEYS) {
    it(`says ${fault.slice(0, 70)}...`, () => {
      expect(faultOf(value)).to.contain(fault);
    });
  }

  const WRONG_VALUES: readonly [value: unknown, fault: string][] = [
    [null, 'the whole: got null: Invalid input: expected object'],
    [{ ...MINIMAL, name: 'Digits/1' }, 'name: got "Digits/1": 1 to 63 lower-case letters, digits, "-" or "_"'],
    [{ ...MINIMAL, name: 'x'.repeat(200) }, `name: got "${'x'.repeat(76)}...: 1 to 63`],
    [{ ...MINIMAL, name: undefined }, 'name is missing: '],
    [{ ...MINIMAL, seed: -1 }, 'seed: got -1: '],
    [{ ...MINIMAL, seed: 2 ** 32 }, 'seed: got 4294967296: Too big: expected number to be <=4294967295'],
    [{ ...MINIMAL, seed: Number.NaN }, 'seed: got NaN: '],
    [{ ...MINIMAL, loss: 'mse' }, 'loss: got "mse": Invalid option: expected one of "softmaxCrossEntropy"|"bin'],
    [{ ...MINIMAL, data: { source: 'mnist', holdOut: 0 } }, 'data.holdOut: got 0: a whole number of at least 1'],
    [
      { ...MINIMAL, data: { source: 'minst' } },
      `data.source: got "minst": Invalid discriminator value. Expected 'mnist'`,
    ],
    [{ ...CSV, data: { ...CSV.data, holdOut: 1 } }, 'data.holdOut: got 1: Too big: expected number to be <1'],
    [{ ...IDX, data: { ...IDX.data, test: {} } }, 'data.test.images is missing: '],
    [{ ...MINIMAL, model: { layers: [] } }, 'model.layers: got []: '],
    [withLayer({ type: 'dence' }), `model.layers.1.type: got "dence": Invalid discriminator value. Expected 'dense' |`],
    [withLayer({ type: 'dense' }), 'model.layers.1.units is missing: a whole number of at least 1'],
    [withLayer({ type: 'dense', units: 1.5 }), 'model.layers.1.units: got 1.5: a whole number of at least 1'],
    [withLayer({ type: 'dropout', rate: 1 }), 'model.layers.1.rate: got 1: a number from 0 up to, not including, 1'],
    [{ ...MINIMAL, optimizer: {} }, `optimizer.type is missing: Invalid discriminator value. Expected 'sgd' | 'adam'`],
    [{ ...MINIMAL, optimizer: { type: 'sgd', learningRate: 0 } }, 'optimizer.learningRate: got 0: a number above 0'],
    [
      { ...MINIMAL, training: { batch: 10, microBatches: 3 } },
      'training.microBatches: got 3: 3 does not divide the batch (10) into equal micro-batches',
    ],
    [{ ...MINIMAL, training: { batch: 10 } }, 'training.microBatches is missing: 4 does not divide the batch (10)'],
    [
      { ...MINIMAL, engine: 'cuda' },
      'engine: got "cuda": Invalid option: expected one of "auto"|"blas"|"wasm-relaxed"|"wasm"|"plain"',
    ],
    [{ ...MINIMAL, mode: 'stars' }, 'mode: got "stars": Invalid option: expected one of "ring"|"star"'],
    [withStar({ staleness: -1 }), 'star.staleness: got -1: a whole number of at least 0'],
    [withStar({ staleness: 0.5 }), 'star.staleness: got 0.5: a whole number of at least 0'],
    [withStar({ localSteps: 0 }), 'star.localSteps: got 0: a whole number of at least 1'],
    [withFilter({ type: 'topK', share: 0 }), 'star.filter.share: got 0: a number above 0, up to 1'],
    [withFilter({ type: 'topK', share: 1.5 }), 'star.filter.share: got 1.5: a number above 0, up to 1'],
    [withFilter({ type: 'topK' }), 'star.filter.share is missing: a number above 0, up to 1'],
    [withFilter({ type: 'significance' }), 'star.filter.threshold is missing: a number above 0'],
    [withFilter({ type: 'significance', threshold: 0 }), 'star.filter.threshold: got 0: a number above 0'],
    [withFilter({ type: 'top' }), `star.filter.type: got "top": Invalid discriminator value. Expected 'none' |`],
    [
      { ...MINIMAL, wire: { gradients: 'fp16' } },
      'wire.gradients: got "fp16": Invalid option: expected one of "f32"|"f16"|"bf16"|"int8"',
    ],
  ];
  for (const [value, fault] of WRONG_VALUES) {
    it(`says ${fault.slice(0, 70)}...`, () => {
      expect(faultOf(value))
        .to.contain(`run.yaml: ${fault.split(':')[0]}`.slice(0, 14))
        .and.to.contain(fault);
    });
  }

  it('lists all faults at once', () => {
    expect(faultOf({ ...MINIMAL, seed: -1, engine: 'cuda', bords: 2 }))
      .to.contain('seed: got -1')
      .and.contain('engine: got "cuda"')
      .and.contain('did you mean "boards"?');
  });

  it('may be nested beyond all measure: that too is a fault with a name', () => {
    const deep = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000));
    expect(faultOf({ ...MINIMAL, name: deep })).to.contain('name: got a list that cannot be shown');
  });
});

describe('the published schema of run files', () => {
  const schema = runSpecJsonSchema() as { required: string[]; properties: object } & Record<string, unknown>;

  it('names every section, and asks only for what has no default', () => {
    expect(schema).to.include({ title: 'RingTMP run file', type: 'object', additionalProperties: false });
    expect(Object.keys(schema.properties)).to.deep.equal(
      '$schema name seed data model loss optimizer training boards mode star masterStage engine links wire snapshots'.split(
        ' ',
      ),
    );
    expect(schema.required).to.deep.equal(['name', 'data', 'model', 'loss']);
  });

  for (const [name, spec] of Object.entries(GOOD_RUN_SPECS)) {
    it(`takes ${name}`, () => {
      expect(accepts(schema, spec)).to.equal(true);
    });
  }

  it('promises no number of epochs: with steps there are as many as they take', () => {
    const { training } = schema.properties as { training: { properties: Record<string, { default?: unknown }> } };
    expect(training.properties.epochs).not.to.have.property('default');
    expect(training.properties.batch).to.include({ default: 32 });
  });

  it('refuses what the reader refuses', () => {
    const bad = [
      {},
      { ...MINIMAL, traning: {} },
      { ...MINIMAL, name: 'A' },
      { ...MINIMAL, loss: 'mse' },
      withLayer({ type: 'dense', units: 0 }),
      withLayer({ type: 'dropout', rate: 1 }),
      { ...MINIMAL, optimizer: { type: 'adam', momentum: 0.9 } },
      { ...CSV, data: { ...CSV.data, holdOut: 0 } },
      withStar({ staleness: -1 }),
      withStar({ localSteps: 0 }),
      withFilter({ type: 'topK', share: 0 }),
      withFilter({ type: 'topK', share: 1.5 }),
      withFilter({ type: 'significance', threshold: 0 }),
    ];
    for (const spec of bad) expect(accepts(schema, spec), JSON.stringify(spec)).to.equal(false);
  });
});
