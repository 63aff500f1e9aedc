// The parameter store: initial weights that do not depend on the split, where gradients go, versions that
// count updates.

import { expect } from 'chai';
import { plainEngine } from '../../compute/engines/plain.js';
import { buildModel } from '../../compute/model.js';
import { createOptimizer } from '../../compute/optimizers.js';
import type { OptimizerSpec } from '../../compute/specs.js';
import { floatsOf } from '../../compute/tensor.js';
import { ParameterStore } from '../../node/parameter-store.js';
import { TRAINING } from '../support/finite-differences.js';
import { SMALL } from './sample-runs.js';

const SGD: OptimizerSpec = { type: 'sgd', learningRate: 0.5, momentum: 0.5 };

async function storeOf(firstLayer = 0, endLayer = 7, optimizer = SGD, versionsHeld: 1 | 2 = 1) {
  const engine = await plainEngine(4096);
  const layers = buildModel(SMALL).slice(firstLayer, endLayer);
  return {
    kernels: engine.kernels,
    store: new ParameterStore(engine.arena, layers, createOptimizer(optimizer), { versionsHeld, fusedScale: null }),
  };
}

/** Of the first bias. */
const gradientOf = (store: ParameterStore) => store.target(1, TRAINING).tensors[1]!;

const valuesOf = (store: ParameterStore) =>
  new Map(store.namedWeights().map(({ name, tensor }) => [name, [...floatsOf(tensor)]]));

describe('ParameterStore', () => {
  it('names the weights by layer and parameter, with their shapes', async () => {
    const { store } = await storeOf();
    expect(store.namedWeights().map(({ name, tensor }) => [name, ...tensor.shape])).to.deep.equal([
      ['dense_1/kernel', 6, 7],
      ['dense_1/bias', 7],
      ['dense_4/kernel', 7, 5],
      ['dense_4/bias', 5],
      ['dense_6/kernel', 5, 4],
    ]);
  });

  it('draws the same weights whatever stage a layer is in, and others from another seed', async () => {
    const { store } = await storeOf();
    const { store: part } = await storeOf(3, 6);
    const { store: other } = await storeOf();
    store.initialize(5);
    part.initialize(5);
    other.initialize(6);
    expect([...valuesOf(part).keys()]).to.deep.equal(['dense_4/kernel', 'dense_4/bias']);
    for (const [name, values] of valuesOf(part)) expect(values).to.deep.equal(valuesOf(store).get(name));
    expect(valuesOf(other).get('dense_1/kernel')).not.to.deep.equal(valuesOf(store).get('dense_1/kernel'));
    expect(valuesOf(store).get('dense_1/kernel')).not.to.include(0);
  });

  it('is zero until it is initialised', async () => {
    const { store } = await storeOf();
    for (const values of valuesOf(store).values()) expect(new Set(values)).to.deep.equal(new Set([0]));
  });

  it('updates by the mean gradient and the momentum, and counts', async () => {
    const { kernels, store } = await storeOf();
    const bias = () => floatsOf(store.weights(1)[1]!)[0];
    const gradient = floatsOf(gradientOf(store));
    gradient[0] = 8;
    store.update(kernels, 4); // v = -0.5 * 2
    expect([store.version, bias()]).to.deep.equal([1, -1]);
    gradient[0] = 0;
    store.update(kernels, 4); // v = -0.5
    expect([store.version, bias()]).to.deep.equal([2, -1.5]);
    store.initialize(5);
    expect(store.version).to.equal(0);
  });

  it('begins its gradients with the first micro-batch of a step, and adds the others', async () => {
    const { store } = await storeOf();
    const [first, later] = [store.target(1, TRAINING), store.target(1, { ...TRAINING, continues: true })];
    expect([first.scale, first.keep, later.scale, later.keep]).to.deep.equal([1, false, 1, true]);
    expect(later.tensors).to.equal(first.tensors);
    expect(store.target(0, TRAINING).tensors).to.deep.equal([]);
  });

  it('has the gradients added to the weights in a fused update, and then only counts', async () => {
    const { arena, kernels } = await plainEngine(4096);
    const optimizer = createOptimizer({ type: 'sgd' });
    const fusedScale = (step: number) => -0.5 / (step + 1);
    const store = new ParameterStore(arena, buildModel(SMALL), optimizer, { versionsHeld: 1, fusedScale });
    store.initialize(5);
    const before = valuesOf(store);
    for (const scale of [-0.5, -0.25]) {
      expect(store.target(1, TRAINING)).to.deep.equal({ tensors: store.weights(1), scale, keep: true });
      store.update(kernels, 8);
    }
    expect(store.version).to.equal(2);
    expect(valuesOf(store)).to.deep.equal(before);
  });

  it('gives each parameter its own optimizer state', async () => {
    const { kernels, store } = await storeOf(0, 7, { type: 'adam', learningRate: 0.1, epsilon: 1e-30 });
    floatsOf(gradientOf(store)).fill(3);
    store.update(kernels, 1);
    const [first, ...rest] = store.namedWeights().filter(({ name }) => name !== 'dense_1/bias');
    expect(floatsOf(store.weights(1)[1]!)[0]).to.be.closeTo(-0.1, 1e-6); // Adam's first step is lr, whatever g
    for (const { name, tensor } of [first!, ...rest]) {
      expect(
        floatsOf(tensor).every((value) => value === 0),
        name,
      ).to.equal(true);
    }
  });

  it('follows the learning rate’s schedule by its version', async () => {
    const schedule = { type: 'step', every: 1, factor: 0.5 } as const;
    const { kernels, store } = await storeOf(0, 7, { type: 'sgd', learningRate: 1, schedule });
    const bias = floatsOf(store.weights(1)[1]!);
    const steps = [0, 1, 2].map(() => {
      const before = bias[0]!;
      floatsOf(gradientOf(store))[0] = 1;
      store.update(kernels, 1);
      return before - bias[0]!;
    });
    expect(steps).to.deep.equal([1, 0.5, 0.25]);
  });

  it('keeps the version before the newest where two are held, and starts each update from the newest', async () => {
    const { kernels, store } = await storeOf(0, 7, { type: 'sgd', learningRate: 1 }, 2);
    const bias = (version?: number) => floatsOf(store.weights(1, version)[1]!)[0];
    for (const [version, expected] of [-1, -2, -3, -4].entries()) {
      floatsOf(gradientOf(store))[0] = 1;
      store.update(kernels, 1);
      expect([store.version, bias(), bias(version + 1), bias(version)]).to.deep.equal([
        version + 1,
        expected,
        expected,
        expected + 1,
      ]);
      expect(floatsOf(store.namedWeights()[1]!.tensor)[0]).to.equal(expected);
    }
  });

  it('gives no version that it does not hold', async () => {
    for (const versionsHeld of [1, 2] as const) {
      const { kernels, store } = await storeOf(0, 7, SGD, versionsHeld);
      for (let update = 0; update < 3; update++) store.update(kernels, 1);
      expect(() => store.weights(0, 4)).to.throw(RangeError, 'weight version 4 is not held at version 3');
      expect(() => store.weights(0, 3 - versionsHeld)).to.throw(RangeError, 'is not held');
    }
  });

  it('finds the first parameter that is not finite', async () => {
    const { store } = await storeOf();
    expect(store.findNonFinite()).to.equal(null);
    floatsOf(store.weights(6)[0]!)[3] = Number.NEGATIVE_INFINITY;
    expect(store.findNonFinite()).to.equal('dense_6/kernel');
    floatsOf(store.weights(4)[1]!)[0] = Number.NaN;
    expect(store.findNonFinite()).to.equal('dense_4/bias');
  });

  it('is empty in a stage without layers', async () => {
    const { kernels, store } = await storeOf(7);
    store.update(kernels, 8);
    expect([store.version, store.namedWeights(), store.findNonFinite()]).to.deep.equal([1, [], null]);
  });
});
