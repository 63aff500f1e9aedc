// The benchmark thread: it measures and ends, or says why it cannot.

import { expect } from 'chai';
import type { EngineName } from '../../compute/kernels.js';
import { benchmarkEngine } from '../../node/benchmark.js';

describe('benchmarkEngine', () => {
  it('measures GFLOP/s', async () => {
    expect(await benchmarkEngine('wasm')).to.be.within(0.01, 10_000);
  });

  it('fails with an engine that there is not', async () => {
    const error = await benchmarkEngine('cuda' as EngineName).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error);
  });
});
