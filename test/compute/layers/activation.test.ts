// Activations: gradients, known values, working in place, and softmax over the last axis of any shape.

import { expect } from 'chai';
import type { Engine } from '../../../compute/kernels.js';
import { activation, DEFAULT_ALPHA } from '../../../compute/layers/activation.js';
import type { Activation } from '../../../compute/specs.js';
import { floatsOf, type Shape } from '../../../compute/tensor.js';
import { ENGINE_NAMES, ENGINES } from '../../support/engines.js';
import { checkLayer, fillRandom, overwriting, TRAINING } from '../../support/finite-differences.js';

const ELEMENTWISE = ['relu', 'leakyRelu', 'tanh', 'sigmoid'] as const;
const ALL: readonly Activation[] = [...ELEMENTWISE, 'softmax'];
const SHAPES: readonly Shape[] = [[1], [7], [3, 5], [2, 3, 4]];

const layerOf = (kind: Activation, shape: Shape) => activation({ type: 'activation', activation: kind }, shape, 1);

for (const engineName of ENGINE_NAMES) {
  describe(`activations on the ${engineName} engine`, () => {
    let engine: Engine;
    beforeEach(async () => {
      engine = await ENGINES[engineName](4096);
    });

    function outputs(kind: Activation, inputs: readonly number[], alpha?: number): number[] {
      const layer = activation({ type: 'activation', activation: kind, alpha }, [inputs.length], 0);
      const [x, y] = [engine.arena.tensor([1, inputs.length]), engine.arena.tensor([1, inputs.length])];
      floatsOf(x).set(inputs);
      layer.forward(engine.kernels, y, x, [], TRAINING);
      return [...floatsOf(y)];
    }

    for (const kind of ALL) {
      it(`${kind} has the gradient of its input`, () => {
        for (const [seed, shape] of SHAPES.entries()) checkLayer(engine, layerOf(kind, shape), { batch: 3, seed });
      });
    }

    for (const kind of ELEMENTWISE) {
      it(`${kind} does the same in place`, () => {
        const layer = layerOf(kind, [3, 5]);
        const [x, y, dX, dY] = Array.from({ length: 4 }, () => engine.arena.tensor([2, 3, 5]));
        fillRandom(x!, 1);
        fillRandom(dY!, 2);
        layer.forward(engine.kernels, y!, x!, [], TRAINING);
        layer.backward(engine.kernels, dX!, dY!, x!, y!, [], overwriting([]), TRAINING);
        layer.forward(engine.kernels, x!, x!, [], TRAINING);
        layer.backward(engine.kernels, dY!, dY!, x!, x!, [], overwriting([]), TRAINING);
        expect([...floatsOf(x!)]).to.deep.equal([...floatsOf(y!)]);
        expect([...floatsOf(dY!)]).to.deep.equal([...floatsOf(dX!)]);
      });
    }

    it('have the values of their definitions', () => {
      const inputs = [-2, -0.5, 0, 0.5, 2];
      const expectClose = (actual: number[], f: (x: number) => number) => {
        for (const [i, x] of inputs.entries()) expect(actual[i]).to.be.closeTo(f(x), 1e-6);
      };
      expectClose(outputs('relu', inputs), (x) => Math.max(x, 0));
      expectClose(outputs('leakyRelu', inputs), (x) => (x < 0 ? DEFAULT_ALPHA * x : x));
      expectClose(outputs('leakyRelu', inputs, 0.1), (x) => (x < 0 ? 0.1 * x : x));
      expectClose(outputs('tanh', inputs), Math.tanh);
      expectClose(outputs('sigmoid', inputs), (x) => 1 / (1 + Math.exp(-x)));
      const total = inputs.reduce((sum, x) => sum + Math.exp(x), 0);
      expectClose(outputs('softmax', inputs), (x) => Math.exp(x) / total);
    });

    it('softmax of logits that differ by a constant is the same, even a large one', () => {
      const shifted = outputs('softmax', [1000, 1001, 1002]);
      for (const [i, y] of outputs('softmax', [0, 1, 2]).entries()) expect(shifted[i]).to.be.closeTo(y, 1e-6);
    });
  });
}

describe('activation', () => {
  it('keeps the shape and needs only its output', () => {
    for (const kind of ALL) {
      const layer = layerOf(kind, [3, 5]);
      expect(layer).to.include({ name: 'activation_1', backwardNeeds: 'output', elementwise: kind !== 'softmax' });
      expect(layer.outputShape).to.deep.equal([3, 5]);
    }
  });
});
