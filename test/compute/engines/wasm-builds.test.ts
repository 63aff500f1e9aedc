// Which build of the module a processor gets; that tiles change no bits, and that a fused addition does.

import { expect } from 'chai';
import { createEngine } from '../../../compute/create-engine.js';
import { probeRelaxedSimd, wasmEngineFor } from '../../../compute/engines/wasm.js';
import { type WasmEngineName, wasmBuilds } from '../../../compute/engines/wasm-builds.js';
import { floatsOf, type Tensor } from '../../../compute/tensor.js';
import { ConfigurationError } from '../../../errors.js';
import { BENCH_FLOATS, Bench, generator } from '../../support/engine-bench.js';
import { ENGINE_NAMES } from '../../support/engines.js';

const SHAPES = [
  [1, 1, 1],
  [5, 7, 9],
  [33, 40, 65],
  [32, 300, 64],
  [3, 513, 257],
] as const;

describe('builds of the wasm engines', () => {
  const files = (name: WasmEngineName, arch: string) => wasmBuilds(name, arch).map(({ file }) => file);

  it('take the larger tile on arm64 alone', () => {
    expect(files('wasm', 'x64')).to.deep.equal(['kernels-4x8.wasm']);
    expect(files('wasm', 'arm64')).to.deep.equal(['kernels-8x8.wasm', 'kernels-4x8.wasm']);
    expect(files('wasm-relaxed', 'x64')).to.deep.equal(['kernels-relaxed-4x8.wasm']);
    expect(files('wasm-relaxed', 'arm64')).to.deep.equal(['kernels-relaxed-8x8.wasm', 'kernels-relaxed-4x8.wasm']);
  });

  it('are the plainest on armhf', async () => {
    expect(files('wasm', 'arm')).to.deep.equal(['kernels-4x8.wasm']);
    expect(files('wasm-relaxed', 'arm')).to.deep.equal([]);
    expect((await probeRelaxedSimd('arm')).available).to.equal(false);
    const error = await wasmEngineFor('wasm-relaxed', 'arm')(16).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(ConfigurationError);
  });

  it('agree with the probe whether relaxed SIMD works here', async () => {
    const { available, reason } = await probeRelaxedSimd(process.arch);
    const engine = await createEngine('wasm-relaxed')(16).catch((error: Error) => error.message);
    expect(typeof engine === 'object').to.equal(available);
    expect(available ? reason : engine).to.match(/passes its test|does not work on this board/);
  });

  for (const name of ['wasm', 'wasm-relaxed'] as const) {
    if (!ENGINE_NAMES.includes(name)) continue;
    it(`of ${name} give the same bits whatever their tile`, async () => {
      const [small, large] = [await products(name, 'x64'), await products(name, 'arm64')];
      expect(small).to.deep.equal(large);
    });
  }

  it('differ in nothing but products', async function () {
    if (!ENGINE_NAMES.includes('wasm-relaxed')) this.skip();
    expect(await elementwise('wasm')).to.deep.equal(await elementwise('wasm-relaxed'));
  });

  it('differ in their last bits when products and sums are fused', async function () {
    if (!ENGINE_NAMES.includes('wasm-relaxed')) this.skip();
    expect(await products('wasm', 'x64')).not.to.deep.equal(await products('wasm-relaxed', 'x64'));
  });
});

/** The bits of all products of some shapes. */
async function products(name: WasmEngineName, arch: string): Promise<Uint32Array[]> {
  const bench = new Bench(await wasmEngineFor(name, arch)(BENCH_FLOATS));
  return SHAPES.flatMap(([m, k, n]) => {
    bench.reset();
    const random = generator(m + k + n);
    const uniform = (shape: readonly number[]) => bench.tensor(shape, () => random() - 0.5);
    const [x, w, b, dY] = [uniform([m, k]), uniform([k, n]), uniform([n]), uniform([m, n])];
    const [y, dX, dW] = [bench.tensor([m, n]), bench.tensor([m, k]), uniform([k, n])];
    bench.engine.kernels.dense(y, x, w, b);
    bench.engine.kernels.denseGradientInput(dX, dY, w);
    bench.engine.kernels.denseGradientWeights(dW, x, dY, 1, true);
    return [y, dX, dW].map(bitsOf);
  });
}

/** The bits of operations that multiply and add as well, but not in the product's tile. */
async function elementwise(name: WasmEngineName): Promise<Uint32Array[]> {
  const { kernels, arena } = await wasmEngineFor(name, process.arch)(BENCH_FLOATS);
  const random = generator(1);
  const uniform = () => {
    const tensor = arena.tensor([33, 65]);
    floatsOf(tensor).forEach((_, index, floats) => {
      floats[index] = random() - 0.5;
    });
    return tensor;
  };
  const [w, g, v, x, y] = [uniform(), uniform(), uniform(), uniform(), uniform()];
  kernels.sgd(w, g, v, { learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01, gradientScale: 0.3 });
  kernels.activate(x, x, 'sigmoid', 0);
  kernels.softmax(y, y);
  return [w, v, x, y].map(bitsOf);
}

function bitsOf(tensor: Tensor): Uint32Array {
  return new Uint32Array(floatsOf(tensor).slice().buffer);
}
