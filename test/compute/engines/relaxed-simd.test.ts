// Relaxed SIMD where boards compute: in a thread, of a process started without any flag.

import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { enableRelaxedSimd } from '../../../compute/engines/relaxed-simd.js';
import { probeRelaxedSimd } from '../../../compute/engines/wasm.js';

describe('relaxed SIMD', () => {
  it('is known to every version of V8 that Node is supported with', () => {
    expect(enableRelaxedSimd()).to.equal(true);
    expect(enableRelaxedSimd()).to.equal(true);
  });

  it('works in a thread as it does in the main one', async () => {
    const module = JSON.stringify(import.meta.resolve('../../../compute/engines/wasm.js'));
    const answer = '(probe) => require("node:worker_threads").parentPort.postMessage(probe)';
    const source = `import(${module}).then((wasm) => wasm.probeRelaxedSimd(process.arch)).then(${answer})`;
    const thread = new Worker(source, { eval: true });
    const probe = await new Promise((resolve, reject) => thread.once('message', resolve).once('error', reject));
    await thread.terminate();
    expect(probe).to.deep.equal(await probeRelaxedSimd(process.arch));
  });
});
