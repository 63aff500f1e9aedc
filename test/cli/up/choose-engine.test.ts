import { expect } from 'chai';
import { chooseEngine } from '../../../cli/up/choose-engine.js';
import { temporaryFolder } from '../ringtmp.js';

describe('the engine of a fleet on this machine', () => {
  const folder = temporaryFolder();
  const file = (more: string) => {
    const data = 'data: { source: mnist }\nmodel: { layers: [{ type: flatten }] }';
    return folder.write('run.yaml', `name: x\n${data}\nloss: softmaxCrossEntropy\n${more}`);
  };
  const chosen = async (path: string | undefined, asked?: 'wasm' | 'plain') => {
    const { engine, spec } = await chooseEngine(path, asked);
    return [engine, spec?.engine ?? null];
  };

  it('is that of the run file', async () => {
    const path = await file('engine: plain\n');
    expect(await chosen(path)).to.deep.equal(['plain', 'plain']);
    expect(await chosen(path, 'wasm')).to.deep.equal(['plain', 'plain']);
  });

  it('is that of the command line where the run file names none', async () => {
    const path = await file('');
    expect(await chosen(path, 'plain')).to.deep.equal(['plain', 'plain']);
    expect(await chosen(path)).to.deep.equal(['auto', 'auto']);
  });

  it('needs no run file', async () => {
    expect(await chosen(undefined, 'plain')).to.deep.equal(['plain', null]);
    expect(await chosen(undefined)).to.deep.equal(['auto', null]);
  });
});
