// Full jitter: anywhere between nothing and a bound that doubles, up to its limit.

import { expect } from 'chai';
import { createBackoff } from '../../transport/backoff.js';

describe('backoff', () => {
  const upperBounds = [100, 200, 400, 800, 1000, 1000];

  it('doubles its bound up to the limit, and starts anew after a reset', () => {
    const backoff = createBackoff({ minMs: 100, maxMs: 1000, random: () => 1 });
    expect(upperBounds.map(() => backoff.nextMs())).to.deep.equal(upperBounds);
    backoff.reset();
    expect(backoff.nextMs()).to.equal(100);
  });

  it('takes the whole range below the bound', () => {
    for (const share of [0, 0.25, 0.999]) {
      const backoff = createBackoff({ minMs: 100, maxMs: 1000, random: () => share });
      expect(upperBounds.map(() => backoff.nextMs())).to.deep.equal(upperBounds.map((bound) => share * bound));
    }
  });

  it('stays finite after very many attempts', () => {
    const backoff = createBackoff({ minMs: 100, maxMs: 1000, random: () => 0.5 });
    for (let attempt = 0; attempt < 5000; attempt++) expect(backoff.nextMs()).to.be.at.most(500);
  });
});
