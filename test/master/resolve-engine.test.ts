// One engine for all boards: the best that all have, or the one asked for, or an error that names the board.

import { expect } from 'chai';
import type { EngineName } from '../../compute/kernels.js';
import { ConfigurationError } from '../../errors.js';
import { type EngineHolder, engineOfMaster, gflopsOf, resolveEngine } from '../../master/resolve-engine.js';

const board = (agent: string, ...engines: EngineName[]): EngineHolder => ({
  agent,
  engines: Object.fromEntries(engines.map((name, index) => [name, 8 - index])),
  lacks: engines.includes('blas') ? {} : { blas: 'libopenblas.so.0 was not found (sudo apt install libopenblas0)' },
});

const errorOf = (action: () => unknown): ConfigurationError => {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigurationError);
    return error as ConfigurationError;
  }
  return expect.fail('it was resolved');
};

describe('the engine of a run', () => {
  const ALL = ['blas', 'wasm', 'plain'] as const;

  it('is the best that all boards have', () => {
    expect(resolveEngine('auto', [board('a', ...ALL), board('b', ...ALL)])).to.equal('blas');
    expect(resolveEngine('auto', [board('a', ...ALL), board('b', 'wasm', 'plain')])).to.equal('wasm');
    expect(resolveEngine('auto', [board('a', ...ALL), board('b', 'plain')])).to.equal('plain');
  });

  it('is the one asked for, where all have it', () => {
    for (const name of ALL) expect(resolveEngine(name, [board('a', ...ALL)])).to.equal(name);
    expect(gflopsOf(board('a', ...ALL), 'wasm')).to.equal(7);
  });

  it('is refused where a board lacks it, which is named with why and what to do', () => {
    const { message, remedy } = errorOf(() => resolveEngine('blas', [board('a', ...ALL), board('b', 'wasm')]));
    expect(message).to.equal(
      'board b cannot run the engine blas: libopenblas.so.0 was not found (sudo apt install libopenblas0)',
    );
    expect(remedy).to.contain('auto');
    expect(errorOf(() => resolveEngine('plain', [board('b', 'wasm')])).message).to.contain('does not know it');
  });

  it('is refused where boards have none in common', () => {
    const { message } = errorOf(() => resolveEngine('auto', [board('a', 'wasm'), board('b', 'plain')]));
    expect(message).to.equal('no engine runs on all boards: a wasm; b plain');
  });

  it('at a master without layers is that of the loss, which no BLAS computes', () => {
    const entry = { position: 0, agent: 'master', firstLayer: 3, layers: [], memoryBytes: 0, microBatchMs: 0 };
    expect(engineOfMaster({ ...entry, endLayer: 3 }, 'blas')).to.equal('wasm');
    expect(engineOfMaster({ ...entry, endLayer: 3 }, 'plain')).to.equal('plain');
    expect(engineOfMaster({ ...entry, endLayer: 4 }, 'blas')).to.equal('blas');
  });
});
