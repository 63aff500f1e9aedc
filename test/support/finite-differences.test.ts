// A check that cannot fail proves nothing: each kind of wrong gradient must be caught.

import { AssertionError, expect } from 'chai';
import type { Layer } from '../../compute/layer.js';
import { dense } from '../../compute/layers/dense.js';
import { floatsOf } from '../../compute/tensor.js';
import { ENGINES } from './engines.js';
import { checkLayer, expectGradient } from './finite-differences.js';

describe('finite differences', () => {
  const right = dense({ type: 'dense', units: 3 }, [4], 0);
  const check = async (layer: Layer) => checkLayer(await ENGINES.plain(1024), layer, { batch: 2, seed: 1 });

  /** `right` with something done after its backward. */
  const wrong = (afterwards: Layer['backward']): Layer => ({
    ...right,
    backward(...pass) {
      right.backward(...pass);
      afterwards(...pass);
    },
  });

  async function expectCaught(layer: Layer, message: RegExp): Promise<void> {
    const error = await check(layer).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(AssertionError);
    expect((error as Error).message).to.match(message);
  }

  it('pass a right gradient', () => check(right));

  it('catch a gradient of the input that is 2 % off', () =>
    expectCaught(
      wrong((_kernels, dX) => {
        if (dX !== null) floatsOf(dX).set(floatsOf(dX).map((value) => value * 1.02));
      }),
      /^dX\[\d+\] is/,
    ));

  it('catch a single wrong element', () =>
    expectCaught(
      wrong((_kernels, dX) => {
        if (dX !== null) floatsOf(dX)[5]! += 0.05;
      }),
      /^dX\[5\] is/,
    ));

  it('catch a NaN', () =>
    expectCaught(
      wrong((_kernels, dX) => {
        if (dX !== null) floatsOf(dX)[2] = Number.NaN;
      }),
      /^dX\[2\] is NaN/,
    ));

  it('catch a gradient of the bias that is left out', () =>
    expectCaught(
      wrong((_kernels, _dX, _dY, _x, _y, _weights, gradients) => void floatsOf(gradients.tensors[1]!).fill(1)),
      /^gradient of bias/,
    ));

  it('catch gradients of parameters that overwrite instead of adding', () => {
    const overwriting: Layer = {
      ...right,
      backward(kernels, dX, dY, x, y, weights, gradients, pass) {
        right.backward(kernels, dX, dY, x, y, weights, { ...gradients, keep: false }, pass);
      },
    };
    return expectCaught(overwriting, /^gradient of kernel/);
  });

  it('catch gradients of parameters that are not scaled', () => {
    const unscaled: Layer = {
      ...right,
      backward(kernels, dX, dY, x, y, weights, gradients, pass) {
        right.backward(kernels, dX, dY, x, y, weights, { ...gradients, scale: 1 }, pass);
      },
    };
    return expectCaught(unscaled, /^gradient of kernel/);
  });

  it('catch a layer that reads in backward what it did not ask for', () =>
    expectCaught({ ...right, backwardNeeds: 'nothing' }, /^gradient of kernel\[\d+\] is NaN/));

  it('hold for a function whose derivative is known', () => {
    const variable = Float32Array.of(0.5, -0.25);
    const objective = () => variable[0]! ** 3 + 2 * variable[1]!;
    expectGradient({ what: 'v', objective, variable, gradient: [0.75, 2] });
    expect(() => expectGradient({ what: 'v', objective, variable, gradient: [0.75, 1.98] })).to.throw(AssertionError);
  });
});
