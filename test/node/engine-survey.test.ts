// What a board finds out about its engines.

import { expect } from 'chai';
import { ENGINES_BEST_FIRST } from '../../compute/available-engines.js';
import { surveyEngines } from '../../node/engine-survey.js';
import { BLAS, ENGINE_NAMES } from '../support/engines.js';
import { rejectionOf } from '../transport/inbox.js';

describe('the survey of engines', () => {
  it('measures all that work, and tells why the others do not', async () => {
    const { engine, gflops, engineReason, engines, lacks } = await surveyEngines('auto', {});
    const [best] = ENGINES_BEST_FIRST.filter((name) => ENGINE_NAMES.includes(name));
    expect(engine).to.equal(best);
    expect(engines[engine]).to.equal(gflops);
    expect([...Object.keys(engines), ...Object.keys(lacks)]).to.have.members(ENGINES_BEST_FIRST);
    for (const each of Object.values(engines)) expect(each).to.be.greaterThan(0);
    expect(engineReason).to.match(BLAS.isThere ? /^[^;]+, 1 thread$/ : /^WebAssembly SIMD \(.+\); no blas: .+ \(.+\)/);
  });

  it('leaves it at the one that is asked for', async () => {
    const { engine, engineReason, engines, lacks } = await surveyEngines('plain', {});
    expect(engine).to.equal('plain');
    expect(Object.keys(engines)).to.deep.equal(['plain']);
    expect(lacks).to.deep.equal({
      blas: 'only plain was asked for (--engine)',
      'wasm-relaxed': 'only plain was asked for (--engine)',
      wasm: 'only plain was asked for (--engine)',
    });
    expect(engineReason).to.match(/^plain loops; no blas: only plain/);
  });

  it('fails where a library is named that is none, but for another engine', async () => {
    const nowhere = { library: '/nowhere/blas.so' };
    for (const asked of ['auto', 'blas'] as const) {
      expect((await rejectionOf(surveyEngines(asked, nowhere))).message).to.match(/^\/nowhere\/blas\.so is no BLAS/);
    }
    expect((await surveyEngines('wasm', nowhere)).engine).to.equal('wasm');
  });
});
