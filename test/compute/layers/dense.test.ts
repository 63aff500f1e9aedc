// Dense layers: gradients for any small shape, with and without bias, and what they refuse.

import { expect } from 'chai';
import fc from 'fast-check';
import { dense } from '../../../compute/layers/dense.js';
import { floatsOf } from '../../../compute/tensor.js';
import { ConfigurationError } from '../../../errors.js';
import { ENGINE_NAMES, ENGINES } from '../../support/engines.js';
import { checkLayer, TRAINING } from '../../support/finite-differences.js';

for (const engineName of ENGINE_NAMES) {
  describe(`dense on the ${engineName} engine`, () => {
    const extent = fc.integer({ min: 1, max: 9 });

    it('has the gradients of its input, kernel and bias', () =>
      fc.assert(
        fc.asyncProperty(
          extent,
          extent,
          extent,
          fc.boolean(),
          fc.nat(),
          async (batch, inputs, units, useBias, seed) => {
            const layer = dense({ type: 'dense', units, useBias }, [inputs], 0);
            checkLayer(await ENGINES[engineName](4096), layer, { batch, seed });
          },
        ),
        { numRuns: 30, seed: 1 },
      ));

    it('is Y = X W + b', async () => {
      const { kernels, arena } = await ENGINES[engineName](256);
      const layer = dense({ type: 'dense', units: 3 }, [2], 0);
      const [x, y] = [arena.tensor([2, 2]), arena.tensor([2, 3])];
      const [w, b] = [arena.tensor([2, 3]), arena.tensor([3])];
      floatsOf(x).set([1, 2, 3, 4]);
      floatsOf(w).set([1, 2, 3, 4, 5, 6]);
      floatsOf(b).set([0.5, 0, -0.5]);
      layer.forward(kernels, y, x, [w, b], TRAINING);
      expect([...floatsOf(y)]).to.deep.equal([9.5, 12, 14.5, 19.5, 26, 32.5]);
    });
  });
}

describe('dense', () => {
  it('declares a kernel of [in, units] and a bias, with the initializers of Keras', () => {
    const layer = dense({ type: 'dense', units: 3 }, [5], 2);
    expect(layer.name).to.equal('dense_2');
    expect(layer.outputShape).to.deep.equal([3]);
    expect(layer.parameters).to.deep.equal([
      { name: 'kernel', shape: [5, 3], initializer: 'glorotUniform' },
      { name: 'bias', shape: [3], initializer: 'zeros' },
    ]);
    expect(layer.flops).to.equal(2 * 5 * 3 + 3);
  });

  it('has no bias where none is wanted', () => {
    const layer = dense({ type: 'dense', units: 3, useBias: false, kernelInitializer: 'heNormal' }, [5], 0);
    expect(layer.parameters).to.deep.equal([{ name: 'kernel', shape: [5, 3], initializer: 'heNormal' }]);
    expect(layer.flops).to.equal(2 * 5 * 3);
  });

  it('refuses an input that is not flat, and says what to do', () => {
    const build = () => dense({ type: 'dense', units: 3 }, [28, 28], 0);
    expect(build)
      .to.throw(ConfigurationError, 'dense takes a flat input of shape [n], got [28, 28]')
      .with.property('remedy', 'Put a flatten layer before it.');
  });
});
