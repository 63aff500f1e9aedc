// How a build is chosen: the first that passes its test, with a word on those before it.

import { expect } from 'chai';
import type { WasmBuild } from '../../../compute/engines/wasm-builds.js';
import { firstSound } from '../../../compute/engines/wasm-module.js';
import { ConfigurationError } from '../../../errors.js';

const LARGE: WasmBuild = { file: 'kernels-8x8.wasm', fused: false };
const SMALL: WasmBuild = { file: 'kernels-4x8.wasm', fused: false };

describe('the build that is used', () => {
  it('is the first that passes', async () => {
    const found = await firstSound([LARGE, SMALL], () => null);
    expect(found).to.deep.include({ build: LARGE, rejected: [] });
  });

  it('is the next when one fails, and the reason is kept', async () => {
    const found = await firstSound([LARGE, SMALL], (_, build) => (build === LARGE ? 'its dense is wrong' : null));
    expect(found).to.deep.include({ build: SMALL, rejected: ['kernels-8x8.wasm: its dense is wrong'] });
  });

  it('is none when all fail', async () => {
    const found = await firstSound([LARGE, SMALL], () => 'wrong');
    expect(found).to.deep.equal({ module: null, rejected: ['kernels-8x8.wasm: wrong', 'kernels-4x8.wasm: wrong'] });
  });

  it('is not looked for beyond a file that is missing', async () => {
    const error = await firstSound([{ file: 'no.wasm', fused: false }, SMALL], () => null).catch((e: unknown) => e);
    expect(error).to.be.instanceOf(ConfigurationError);
    expect((error as ConfigurationError).remedy).to.contain('npm run build');
  });
});
