// The benchmark thread: it measures and ends, or says why it cannot.

import { expect } from 'chai';
import type { EngineName } from '../../compute/kernels.js';
import { RemoteError } from '../../errors.js';
import { benchmarkEngine } from '../../node/benchmark.js';
import { rejectionOf } from '../transport/inbox.js';

describe('benchmarkEngine', () => {
  it('measures GFLOP/s, and says what computed', async () => {
    const { gflops, about } = await benchmarkEngine('wasm');
    expect(gflops).to.be.within(0.01, 10_000);
    expect(about).to.match(/^WebAssembly SIMD \(kernels-.x8.wasm\)$/);
  });

  it('fails with an engine that there is not', async () => {
    expect(await rejectionOf(benchmarkEngine('cuda' as EngineName))).to.be.instanceOf(RemoteError);
  });

  it('fails as the engine does, with its remedy', async () => {
    const error = await rejectionOf(benchmarkEngine('blas', { library: '/nowhere/blas.so' }));
    expect(error).to.include({ code: 'configuration' });
    expect(error.remedy).to.be.a('string');
  });
});
