import { access } from 'node:fs/promises';
import { expect } from 'chai';
import { startLinePeer } from '../../../benchmarks/peers/line-peer.js';
import { isOptimised, pyTorchText, pythonScript } from '../../../benchmarks/peers/python.js';

describe('the PyTorch peers', () => {
  it('are where the compiled code looks for them', async () => {
    for (const name of ['pytorch_step.py', 'pytorch_pipeline.py']) await access(pythonScript(name));
  });

  it('are told apart by their BLAS, and a slow one is pointed out', () => {
    const about = { version: '1.13', gflops: 3, blas: '/usr/lib/libblas.so.3' };
    expect(isOptimised(about)).to.equal(false);
    expect(pyTorchText(about)).to.include('not an optimised BLAS').and.to.include('libopenblas0');
    expect(pyTorchText({ ...about, blas: '/usr/lib/openblas-pthread/libblas.so.3' })).not.to.include('not an');
  });

  it('are no peers where there is no such Python', async () => {
    expect(await startLinePeer({ command: { file: '/nowhere/python3', args: [] } })).to.equal(null);
    expect(await startLinePeer({ command: { file: process.execPath, args: ['-e', ''] } })).to.equal(null);
  });
});
