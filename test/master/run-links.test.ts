// The two ends of a link know the same secret, and nobody else knows it.

import { expect } from 'chai';
import fc from 'fast-check';
import { neighboursOf } from '../../master/run-links.js';
import type { Neighbours } from '../../protocol/links.js';
import { clockwise } from '../../protocol/topics.js';

const anAddress = fc.option(fc.record({ host: fc.ipV4(), port: fc.integer({ min: 1, max: 65_535 }) }));

describe('the links of a run', () => {
  it('have a secret each, which their two ends share', () => {
    fc.assert(
      fc.property(fc.array(anAddress, { minLength: 2, maxLength: 13 }), (addresses) => {
        const workers = addresses.length - 1;
        const ring = neighboursOf(addresses);
        const secrets = new Set(ring.map((neighbours) => neighbours.clockwise.secret));
        expect(secrets.size).to.equal(addresses.length);
        for (const [position, own] of ring.entries()) {
          const next = ring[clockwise(position, workers)] as Neighbours;
          expect(next.anticlockwise.secret).to.equal(own.clockwise.secret);
          expect(own.clockwise.address).to.deep.equal(addresses[clockwise(position, workers)]);
          expect(next.anticlockwise.address).to.deep.equal(addresses[position]);
        }
      }),
    );
  });

  it('are secret anew in each run', () => {
    const [one, other] = [neighboursOf([null, null]), neighboursOf([null, null])];
    expect(one[0]?.clockwise.secret).not.to.equal(other[0]?.clockwise.secret);
    expect(one[0]?.clockwise.secret).to.match(/^[\w-]{32}$/);
  });
});
