// The self-test of an engine's products must be able to fail: on each product, and on roundings.

import { expect } from 'chai';
import { productFault, SELF_TEST_FLOATS } from '../../../compute/engines/self-test.js';
import { wasmEngine } from '../../../compute/engines/wasm.js';
import type { Engine, Kernels } from '../../../compute/kernels.js';
import { floatsOf, type Tensor } from '../../../compute/tensor.js';
import { ENGINE_NAMES, ENGINES } from '../../support/engines.js';

type Operation = keyof Pick<Kernels, 'dense' | 'denseGradientInput' | 'denseGradientWeights'>;

describe('the self-test of an engine', () => {
  it('passes wasm as not fused, and wasm-relaxed as fused', async () => {
    expect(productFault(await wasmEngine(SELF_TEST_FLOATS), false)).to.equal(null);
    if (!ENGINE_NAMES.includes('wasm-relaxed')) return;
    expect(productFault(await ENGINES['wasm-relaxed'](SELF_TEST_FLOATS), true)).to.equal(null);
  });

  it('fails where sums are not fused that should be, or the reverse', async () => {
    expect(productFault(await wasmEngine(SELF_TEST_FLOATS), true)).to.equal(
      'this processor does not fuse products and sums',
    );
    if (!ENGINE_NAMES.includes('wasm-relaxed')) return;
    expect(productFault(await ENGINES['wasm-relaxed'](SELF_TEST_FLOATS), false)).to.equal(
      'this processor fuses products and sums',
    );
  });

  for (const operation of ['dense', 'denseGradientInput', 'denseGradientWeights'] as const) {
    it(`fails on one wrong element of ${operation}`, async () => {
      expect(productFault(await wrongIn(operation, 0), false)).to.equal(`its ${operation} is wrong on this processor`);
    });
  }

  it('fails on what goes wrong only once the code is optimised', async () => {
    expect(productFault(await wrongIn('dense', 12), false)).to.equal('its dense is wrong on this processor');
  });
});

/** An engine that after so many calls is off by little in the last element of an operation's result. */
async function wrongIn(operation: Operation, calls: number): Promise<Engine> {
  const engine = await wasmEngine(SELF_TEST_FLOATS);
  const right = engine.kernels[operation] as (result: Tensor, ...operands: unknown[]) => void;
  let call = 0;
  const wrong = (result: Tensor, ...operands: unknown[]): void => {
    right(result, ...operands);
    const floats = floatsOf(result);
    if (call++ >= calls) floats[floats.length - 1]! *= 1 + 2 ** -20;
  };
  return { ...engine, kernels: { ...engine.kernels, [operation]: wrong } };
}
