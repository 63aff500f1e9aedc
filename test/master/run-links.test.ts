// The two ends of a link know the same secret, and nobody else knows it.

import { expect } from 'chai';
import fc from 'fast-check';
import { peersOf } from '../../master/run-links.js';
import type { Mode } from '../../protocol/run-spec.js';
import { routesFrom, routesTo } from '../../protocol/topics.js';

const anAddress = fc.option(fc.record({ host: fc.ipV4(), port: fc.integer({ min: 1, max: 65_535 }) }));
const addressesOf = fc.array(anAddress, { minLength: 2, maxLength: 13 });

describe('the links of a run', () => {
  for (const mode of ['ring', 'star'] satisfies Mode[]) {
    it(`have a secret each, which their two ends share: ${mode}`, () => {
      fc.assert(
        fc.property(addressesOf, (addresses) => {
          const known = new Map<string, Set<string>>();
          for (const [position, peers] of peersOf(mode, addresses).entries()) {
            for (const { position: peer, address, secret } of peers) {
              expect(address).to.deep.equal(addresses[peer]);
              const pair = [position, peer].toSorted((a, b) => a - b).join();
              known.set(pair, (known.get(pair) ?? new Set()).add(secret));
            }
          }
          const secrets = [...known.values()].map((each) => [...each]);
          for (const each of secrets) expect(each).to.have.length(1);
          expect(new Set(secrets.flat()).size).to.equal(known.size);
        }),
      );
    });

    it(`know all that frames go to or come from: ${mode}`, () => {
      const workers = 3;
      for (const [position, peers] of peersOf(mode, [null, null, null, null]).entries()) {
        const standing = { mode, position, workers };
        const routes = [...routesFrom(standing), ...routesTo(standing)].map(({ peer }) => peer);
        expect(peers.map((peer) => peer.position)).to.have.members([...new Set(routes)]);
      }
    });
  }

  it('are secret anew in each run', () => {
    const [one, other] = [peersOf('ring', [null, null]), peersOf('ring', [null, null])];
    expect(one[0]?.[0]?.secret).not.to.equal(other[0]?.[0]?.secret);
    expect(one[0]?.[0]?.secret).to.match(/^[\w-]{32}$/);
  });
});
