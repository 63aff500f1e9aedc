// The best engine of a process.

import { expect } from 'chai';
import { bestEngine, ENGINES_BEST_FIRST, reasonOf } from '../../compute/available-engines.js';
import { ConfigurationError } from '../../errors.js';
import { BLAS, ENGINES } from '../support/engines.js';
import { rejectionOf } from '../transport/inbox.js';

describe('available engines', () => {
  it('are all ranked', () => {
    expect(ENGINES_BEST_FIRST).to.have.members(Object.keys(ENGINES));
  });

  it('have a best, which works', async () => {
    expect(await bestEngine({})).to.equal(BLAS.isThere ? 'blas' : 'wasm');
  });

  it('are not chosen from where a library is named that is none', async () => {
    expect(await rejectionOf(bestEngine({ library: '/nowhere/blas.so' }))).to.be.instanceOf(ConfigurationError);
  });

  it('are missing for a reason of one line', () => {
    expect(reasonOf(new ConfigurationError('no x', { remedy: 'Install x.' }))).to.equal('no x (Install x.)');
    expect(reasonOf(new ConfigurationError('no x'))).to.equal('no x');
    expect(reasonOf(new Error('boom'))).to.equal('Error: boom');
  });
});
