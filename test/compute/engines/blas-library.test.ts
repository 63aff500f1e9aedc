// Loading a BLAS: what is no library, what is none with products, and how it is told.

import { expect } from 'chai';
import { loadBlas } from '../../../compute/engines/blas-library.js';
import { ConfigurationError } from '../../../errors.js';
import { BLAS } from '../../support/engines.js';
import { need } from '../../support/requirements.js';
import { rejectionOf } from '../../transport/inbox.js';

describe('the BLAS of this machine', () => {
  before(function () {
    need(this, BLAS);
  });

  it('is found, and named with its version and threads', async () => {
    const { description } = await loadBlas({});
    expect(description)
      .to.match(/lib\w*(blas|blis)\.so/)
      .and.to.match(/, 1 thread$/);
    const named = /lib\w+\.so\.\d+/.exec(description)?.[0];
    expect((await loadBlas({ library: named, threads: 2 })).description).to.match(/, 2 threads$/);
    await loadBlas({});
  });

  for (const [library, why] of [
    ['/nowhere/libopenblas.so', /^\/nowhere\/libopenblas\.so is no BLAS that can be used: it cannot be loaded \(/],
    ['package.json', /^package\.json is no BLAS that can be used: it cannot be loaded \(/],
    ['libm.so.6', /^libm\.so\.6 is no BLAS that can be used: it has no cblas_sgemm$/],
  ] as const) {
    it(`is not ${library}, and says so`, async () => {
      const error = (await rejectionOf(loadBlas({ library }))) as ConfigurationError;
      expect(error).to.be.instanceOf(ConfigurationError);
      expect(error.message).to.match(why);
      expect(error.remedy).to.contain('cblas_sgemm').and.to.contain('libopenblas0');
    });
  }
});
