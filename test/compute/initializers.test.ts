// Initial weights: their distribution, and that they depend on seed, layer and parameter alone.

import { expect } from 'chai';
import { initialize, initializeLayer } from '../../compute/initializers.js';
import type { ParameterSpec } from '../../compute/layer.js';
import { dense } from '../../compute/layers/dense.js';
import type { Initializer } from '../../compute/specs.js';
import { Arena, floatsOf, sizeOf } from '../../compute/tensor.js';

const SHAPE = [300, 100];

function draw(initializer: Initializer, { seed = 1, layer = 0, parameter = 0, shape = SHAPE } = {}): Float32Array {
  const target = new Float32Array(sizeOf(shape)).fill(9);
  const spec: ParameterSpec = { name: 'kernel', shape, initializer };
  initialize(target, spec, seed, layer, parameter);
  return target;
}

function momentsOf(values: Float32Array): { mean: number; deviation: number; largest: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance), largest: values.reduce((most, v) => Math.max(most, Math.abs(v)), 0) };
}

describe('initializers', () => {
  it('glorotUniform is uniform up to sqrt(6 / (fanIn + fanOut))', () => {
    const limit = Math.sqrt(6 / 400);
    const { mean, deviation, largest } = momentsOf(draw('glorotUniform'));
    expect(mean).to.be.closeTo(0, 4 * (limit / Math.sqrt(3 * 30_000)));
    expect(deviation).to.be.closeTo(limit / Math.sqrt(3), 0.01 * limit);
    expect(largest).to.be.within(0.99 * limit, limit);
  });

  it('heNormal has the deviation sqrt(2 / fanIn) and is cut at two sigma', () => {
    const wanted = Math.sqrt(2 / 300);
    const { mean, deviation, largest } = momentsOf(draw('heNormal'));
    expect(mean).to.be.closeTo(0, (4 * wanted) / Math.sqrt(30_000));
    expect(deviation).to.be.closeTo(wanted, 0.02 * wanted);
    expect(largest).to.be.within(2.2 * wanted, 2.28 * wanted); // 2 / 0.8796
  });

  it('zeros are zero', () => {
    expect(draw('zeros').every((value) => value === 0)).to.equal(true);
  });

  it('a vector counts as its own fan-in and fan-out', () => {
    const { largest } = momentsOf(draw('glorotUniform', { shape: [1000] }));
    expect(largest).to.be.within(0.98 * Math.sqrt(6 / 2000), Math.sqrt(6 / 2000));
  });

  for (const initializer of ['glorotUniform', 'heNormal'] as const) {
    it(`${initializer} is the same for the same key and unlike for any other`, () => {
      const values = draw(initializer);
      expect(draw(initializer)).to.deep.equal(values);
      for (const other of [{ seed: 2 }, { layer: 1 }, { parameter: 1 }]) {
        const others = draw(initializer, other);
        const equal = values.filter((value, i) => value === others[i]).length;
        expect(equal, JSON.stringify(other)).to.be.below(30);
        expect(Math.abs(correlation(values, others)), JSON.stringify(other)).to.be.below(4 / Math.sqrt(30_000));
      }
    });
  }

  it('initialise a layer in whatever order and memory', () => {
    const spec = { type: 'dense', units: 5, biasInitializer: 'heNormal' } as const;
    const layers = [dense(spec, [4], 0), dense(spec, [4], 1)];
    const inOrder = weightsOf(layers);
    const [second, first] = weightsOf(layers.toReversed());
    expect([first, second]).to.deep.equal(inOrder);
    expect(first).not.to.deep.equal(second);
  });
});

/** The weights of each layer, drawn one after the other into one memory. */
function weightsOf(layers: readonly ReturnType<typeof dense>[]): number[][] {
  const arena = new Arena(new Float32Array(1024));
  return layers.map((layer) => {
    const weights = layer.parameters.map(({ shape }) => arena.tensor(shape));
    initializeLayer(layer, weights, 7);
    return weights.flatMap((weight) => [...floatsOf(weight)]);
  });
}

function correlation(a: Float32Array, b: Float32Array): number {
  const product = a.reduce((sum, value, i) => sum + value * b[i]!, 0) / a.length;
  return product / (momentsOf(a).deviation * momentsOf(b).deviation);
}
