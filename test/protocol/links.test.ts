// Addresses of direct links, as they are announced and typed, and the logins of neighbours.

import { isIPv6 } from 'node:net';
import { expect } from 'chai';
import fc from 'fast-check';
import { formatAddress, type LinkAddress, parseAddress } from '../../protocol/link-address.js';
import { formatLogin, LINK_CHANNELS, linkAddressSchema, peersSchema } from '../../protocol/links.js';
import { aName } from './arbitraries.js';

const aPort = fc.integer({ min: 1, max: 65_535 });
const aHost = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain(), fc.constantFrom('pi-1', 'pi_1.local', 'A', 'localhost'));
const anAddress: fc.Arbitrary<LinkAddress> = fc.record({ host: aHost, port: aPort });

describe('the address of a direct link', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(anAddress, (address) => {
        expect(parseAddress(formatAddress(address))).to.deep.equal(address);
        expect(parseAddress(address.host)).to.deep.equal({ host: address.host, port: 0 });
        expect(linkAddressSchema.parse(address)).to.deep.equal(address);
      }),
    );
  });

  it('leads nowhere else as a part of a URL', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl(), aHost), aPort, (host, port) => {
        fc.pre(linkAddressSchema.safeParse({ host, port }).success);
        const url = new URL(`mqtt://${formatAddress({ host, port })}`);
        if (isIPv6(host)) expect(url.hostname).to.match(/^\[[0-9a-f:]+\]$/);
        else expect(url.hostname).to.equal(host);
        expect([url.port, url.pathname, url.username, url.search, url.hash]).to.deep.equal([`${port}`, '', '', '', '']);
      }),
    );
  });

  for (const text of [
    '',
    ':1883',
    'host:',
    'host:0',
    'host:65536',
    'host:1e3',
    'a b',
    'a/b',
    'me@host',
    '[::1',
    '::1]',
  ]) {
    it(`is not ${JSON.stringify(text)}`, () => expect(parseAddress(text)).to.equal(null));
  }

  for (const host of ['', 'a/b', 'me@host', 'host:1', 'a b', 'a?b', 'a#b', '[::1]', '-a', 'a'.repeat(254), 'über']) {
    it(`is not announced as ${JSON.stringify(host).slice(0, 20)}`, () => {
      expect(linkAddressSchema.safeParse({ host, port: 1883 }).success).to.equal(false);
    });
  }
});

describe('the login of a neighbour', () => {
  it('names one run, position and channel', () => {
    const aLogin = fc.record({ run: aName, position: fc.nat(), channel: fc.constantFrom(...LINK_CHANNELS) });
    fc.assert(
      fc.property(aLogin, aLogin, (one, other) => {
        const areSame = one.run === other.run && one.position === other.position && one.channel === other.channel;
        expect(formatLogin(one) === formatLogin(other)).to.equal(areSame);
      }),
    );
  });

  it('has a secret that nobody guesses', () => {
    const isFine = (secret: string) => peersSchema.safeParse([{ position: 1, address: null, secret }]).success;
    expect(isFine('x'.repeat(16))).to.equal(true);
    expect(isFine('short')).to.equal(false);
    expect(isFine('x'.repeat(129))).to.equal(false);
  });
});
