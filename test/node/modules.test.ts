// The multiplication and the backpropagation module over the stash: layers that write over what nobody
// reads any more give the same bits as layers that all have memory of their own.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Engine, Kernels } from '../../compute/kernels.js';
import type { Layer } from '../../compute/layer.js';
import { buildModel } from '../../compute/model.js';
import { createOptimizer } from '../../compute/optimizers.js';
import type { LayerSpec } from '../../compute/specs.js';
import { floatsOf, type Shape } from '../../compute/tensor.js';
import { BackpropagationModule } from '../../node/backpropagation-module.js';
import { MultiplicationModule } from '../../node/multiplication-module.js';
import { ParameterStore } from '../../node/parameter-store.js';
import { allocateSlot } from '../../node/stash.js';
import { ENGINE_NAMES, ENGINES } from '../support/engines.js';
import { mulberry32, TRAINING } from '../support/finite-differences.js';
import { runUnshared, type StageInput, type StageResult } from './unshared-stage.js';

const BATCH = 3;

const aLayer: fc.Arbitrary<LayerSpec> = fc.oneof(
  fc.record({ type: fc.constant('dense' as const), units: fc.integer({ min: 1, max: 5 }), useBias: fc.boolean() }),
  fc.record({
    type: fc.constant('activation' as const),
    activation: fc.constantFrom(
      'relu' as const,
      'leakyRelu' as const,
      'tanh' as const,
      'sigmoid' as const,
      'softmax' as const,
    ),
  }),
  fc.record({ type: fc.constant('dropout' as const), rate: fc.constantFrom(0, 0.25, 0.5) }),
  fc.constant({ type: 'flatten' as const }),
);

/** A stage somewhere in a model; index 0, at which there is no dX, included. */
const aStage = fc.array(aLayer, { minLength: 1, maxLength: 8 }).chain((layers) => {
  return fc.record({ layers: fc.constant(layers), first: fc.nat({ max: layers.length }), seed: fc.nat() });
});

function runShared(engine: Engine, layers: readonly Layer[], store: ParameterStore, input: StageInput): StageResult {
  const { arena, kernels } = engine;
  const { inputShape, batch, pass } = input;
  const slot = allocateSlot(arena, layers, inputShape, batch);
  const back = new BackpropagationModule(arena, kernels, layers, store, inputShape, batch);
  floatsOf(slot.values[0]!).set(input.x);
  const output = [...floatsOf(new MultiplicationModule(kernels, layers, store).forward(slot, pass, 0))];
  floatsOf(back.outputGradient).set(input.dY);
  const dX = back.backward(slot, pass, 0);
  const gradients = layers.flatMap((_, index) =>
    store.target(index, pass).tensors.map((tensor) => [...floatsOf(tensor)]),
  );
  return { output, dX: dX === null ? null : [...floatsOf(dX)], gradients };
}

describe('the modules of a node', () => {
  for (const name of ENGINE_NAMES) {
    it(`share memory without a trace, with the ${name} engine`, async () => {
      await fc.assert(
        fc.asyncProperty(aStage, async ({ layers: specs, first, seed }) => {
          const engine = await ENGINES[name](8192);
          const model = buildModel({ inputShape: [4], layers: specs, seed });
          const layers = model.slice(first);
          const inputShape = model[first - 1]?.outputShape ?? [4];
          const store = new ParameterStore(engine.arena, layers, createOptimizer({ type: 'sgd' }));
          store.initialize(seed);
          const input = inputFor(inputShape, layers.at(-1)?.outputShape ?? inputShape, seed);
          const unshared = runUnshared(engine, layers, (index) => store.weights(index), input);
          expect(runShared(engine, layers, store, input)).to.deep.equal(unshared);
        }),
        { seed: 1, numRuns: 150 },
      );
    });
  }
});

describe('the backpropagation module', () => {
  const dense: LayerSpec[] = [
    { type: 'dense', units: 4 },
    { type: 'dense', units: 2 },
  ];

  it('spares the gradient of the model’s own input, and only that', async () => {
    expect(await productsFrom(dense, 0)).to.equal(1);
    expect(await productsFrom(dense, 1)).to.equal(1);
  });

  it('spares what goes back to layers that have nothing to train', async () => {
    const layers: LayerSpec[] = [{ type: 'flatten' }, { type: 'dropout', rate: 0.5 }, ...dense];
    expect(await productsFrom(layers, 0)).to.equal(1);
    // A neighbour that holds them waits for a gradient.
    expect(await productsFrom(layers, 1)).to.equal(2);
  });

  async function productsFrom(layers: LayerSpec[], first: number): Promise<number> {
    const engine = await ENGINES.plain(8192);
    let products = 0;
    const denseGradientInput: Kernels['denseGradientInput'] = (...tensors) => {
      products++;
      engine.kernels.denseGradientInput(...tensors);
    };
    const stage = buildModel({ inputShape: [4], layers, seed: 1 }).slice(first);
    const store = new ParameterStore(engine.arena, stage, createOptimizer({ type: 'sgd' }));
    const counting = { ...engine, kernels: { ...engine.kernels, denseGradientInput } };
    runShared(counting, stage, store, inputFor([4], [2], 1));
    return products;
  }
});

describe('a slot of the stash', () => {
  const placesOf = async (layers: LayerSpec[], first = 0) => {
    const { arena } = await ENGINES.plain(8192);
    const model = buildModel({ inputShape: [2, 2], layers, seed: 1 }).slice(first);
    const { values } = allocateSlot(arena, model, model[0]!.inputShape, BATCH);
    return values.map(({ offset }, index) => values.findIndex((other) => other.offset === offset) - index);
  };

  it('is one memory for layers that may write over their input', async () => {
    const layers: LayerSpec[] = [
      { type: 'flatten' }, // over the input
      { type: 'dense', units: 4, activation: 'relu' }, // its activation over its output
      { type: 'dropout', rate: 0.5 }, // not over what relu's backward reads
      { type: 'activation', activation: 'tanh' }, // over dropout's output
      { type: 'activation', activation: 'softmax' }, // reads whole rows
    ];
    expect(await placesOf(layers)).to.deep.equal([0, -1, 0, -1, 0, -1, 0]);
  });

  it('keeps the input of a softmax, which reads whole rows', async () => {
    expect(await placesOf([{ type: 'activation', activation: 'softmax' }])).to.deep.equal([0, 0]);
  });

  it('keeps the input of a dense layer', async () => {
    expect(await placesOf([{ type: 'flatten' }, { type: 'dense', units: 4 }], 1)).to.deep.equal([0, 0]);
  });
});

function inputFor(inputShape: Shape, outputShape: Shape, seed: number): StageInput {
  const random = mulberry32(seed);
  const floats = (shape: Shape) => {
    return Float32Array.from({ length: BATCH * shape.reduce((a, b) => a * b, 1) }, () => 2 * random() - 1);
  };
  return { inputShape, x: floats(inputShape), dY: floats(outputShape), batch: BATCH, pass: TRAINING };
}
