// From specs to layers: names, shapes, errors; and a whole model's gradient and learning.

import { expect } from 'chai';
import { initializeLayer } from '../../compute/initializers.js';
import type { Engine } from '../../compute/kernels.js';
import type { Layer } from '../../compute/layer.js';
import { lossOf } from '../../compute/loss.js';
import { buildModel, checkLoss } from '../../compute/model.js';
import { createOptimizer } from '../../compute/optimizers.js';
import type { LayerSpec } from '../../compute/specs.js';
import { floatsOf, type Tensor } from '../../compute/tensor.js';
import { ConfigurationError } from '../../errors.js';
import { ENGINE_NAMES, ENGINES } from '../support/engines.js';
import { expectGradient, fillRandom, overwriting, parameterTensors, TRAINING } from '../support/finite-differences.js';

const SPECS: readonly LayerSpec[] = [
  { type: 'flatten' },
  { type: 'dense', units: 8, activation: 'tanh' },
  { type: 'dropout', rate: 0.25 },
  { type: 'dense', units: 3 },
];

describe('buildModel', () => {
  const build = (layers: readonly LayerSpec[], inputShape = [2, 3]) => buildModel({ inputShape, layers, seed: 1 });

  it('makes the activation of a dense layer a layer, and counts on', () => {
    const layers = build(SPECS);
    const names = ['flatten_0', 'dense_1', 'activation_2', 'dropout_3', 'dense_4'];
    expect(layers.map(({ name }) => name)).to.deep.equal(names);
    expect(layers.map(({ index }) => index)).to.deep.equal([0, 1, 2, 3, 4]);
  });

  it('passes shapes on', () => {
    const layers = build(SPECS);
    expect(layers.map(({ inputShape }) => inputShape)).to.deep.equal([[2, 3], [6], [8], [8], [8]]);
    expect(layers.map(({ outputShape }) => outputShape)).to.deep.equal([[6], [8], [8], [8], [3]]);
  });

  it('names the layer at fault by its position in the user’s list', () => {
    const specs: LayerSpec[] = [
      { type: 'activation', activation: 'relu' },
      { type: 'dense', units: 4 },
    ];
    expect(() => build(specs, [28, 28]))
      .to.throw(ConfigurationError, 'layers[1]: dense takes a flat input of shape [n], got [28, 28]')
      .with.property('remedy', 'Put a flatten layer before it.');
  });
});

describe('checkLoss', () => {
  const dense: LayerSpec = { type: 'dense', units: 3 };
  const ending = (activation: 'softmax' | 'sigmoid'): LayerSpec[] => [dense, { type: 'activation', activation }];

  it('refuses probabilities where the loss takes logits', () => {
    const refused = [
      ['softmaxCrossEntropy', ending('softmax')],
      ['softmaxCrossEntropy', [{ ...dense, activation: 'softmax' }]],
      ['softmaxCrossEntropy', [...ending('softmax'), { type: 'flatten' }]],
      ['binaryCrossEntropy', ending('sigmoid')],
      ['binaryCrossEntropy', ending('softmax')],
    ] as const;
    for (const [loss, specs] of refused) {
      expect(() => checkLoss(loss, specs))
        .to.throw(ConfigurationError, `${loss} takes logits`)
        .with.property('remedy')
        .that.matches(/^Remove the (softmax|sigmoid) activation .* the loss includes/);
    }
  });

  it('lets everything else pass', () => {
    expect(() => checkLoss('softmaxCrossEntropy', SPECS)).not.to.throw();
    expect(() => checkLoss('softmaxCrossEntropy', [...ending('softmax'), dense])).not.to.throw();
    expect(() => checkLoss('meanSquaredError', ending('sigmoid'))).not.to.throw();
    expect(() => checkLoss('binaryCrossEntropy', [{ ...dense, activation: 'tanh' }])).not.to.throw();
  });
});

/** A model on one engine: all its tensors, and a pass through it. */
function assemble(engine: Engine, layers: readonly Layer[], batch: number) {
  const { kernels, arena } = engine;
  const first = layers[0]!;
  const values = [arena.tensor([batch, ...first.inputShape])];
  for (const { outputShape } of layers) values.push(arena.tensor([batch, ...outputShape]));
  const deltas = values.map(({ shape }) => arena.tensor(shape));
  const weights = layers.map((layer) => parameterTensors(engine, layer));
  const gradients = layers.map((layer) => parameterTensors(engine, layer));
  const [labels, losses] = [arena.tensor([batch, 1]), arena.tensor([batch])];
  const loss = lossOf('softmaxCrossEntropy');

  function forward(): number {
    for (const [l, layer] of layers.entries())
      layer.forward(kernels, values[l + 1]!, values[l]!, weights[l]!, TRAINING);
    loss.compute(kernels, losses, deltas.at(-1)!, values.at(-1)!, labels);
    return floatsOf(losses).reduce((sum, value) => sum + value, 0);
  }

  function backward(): void {
    for (const [l, layer] of [...layers.entries()].toReversed()) {
      const [dX, dY, x, y] = [deltas[l]!, deltas[l + 1]!, values[l]!, values[l + 1]!];
      layer.backward(kernels, dX, dY, x, y, weights[l]!, overwriting(gradients[l]!), TRAINING);
    }
  }

  return { forward, backward, input: values[0] as Tensor, dInput: deltas[0] as Tensor, weights, gradients, labels };
}

for (const engineName of ENGINE_NAMES) {
  describe(`a model on the ${engineName} engine`, () => {
    const batch = 6;
    const layers = buildModel({ inputShape: [2, 3], layers: SPECS, seed: 1 });
    let model: ReturnType<typeof assemble>;
    let engine: Engine;

    beforeEach(async () => {
      engine = await ENGINES[engineName](4096);
      model = assemble(engine, layers, batch);
      for (const [l, layer] of layers.entries()) initializeLayer(layer, model.weights[l]!, 1);
      fillRandom(model.input, 1);
      floatsOf(model.labels).set([0, 1, 2, 0, 1, 2]);
    });

    it('has the gradients of its input and of all its parameters', () => {
      const { forward: objective, backward, input, dInput, weights, gradients } = model;
      objective();
      backward();
      expectGradient({ what: 'input', objective, variable: floatsOf(input), gradient: floatsOf(dInput).slice() });
      for (const [l, layer] of layers.entries()) {
        for (const [p, { name }] of layer.parameters.entries()) {
          const [variable, gradient] = [floatsOf(weights[l]![p]!), floatsOf(gradients[l]![p]!)];
          expectGradient({ what: `${layer.name} ${name}`, objective, variable, gradient });
        }
      }
    });

    it('learns six samples by heart', () => {
      const optimizer = createOptimizer({ type: 'sgd', learningRate: 0.5, momentum: 0.9 });
      const slots = model.weights.flat().map(({ shape }) => [engine.arena.tensor(shape)]);
      const before = model.forward();
      for (let step = 0; step < 60; step++) {
        model.forward();
        model.backward();
        for (const [p, weight] of model.weights.flat().entries()) {
          optimizer.update(engine.kernels, weight, model.gradients.flat()[p]!, slots[p]!, step, batch);
        }
      }
      expect(model.forward()).to.be.below(before / 20);
    });
  });
}
