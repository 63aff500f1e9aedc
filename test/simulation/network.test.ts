// The links of decision 18, by hand: 1000 bytes a millisecond where nothing else is said.

import { expect } from 'chai';
import fc from 'fast-check';
import { SimulatedClock } from '../../simulation/clock.js';
import { SimulatedNetwork } from '../../simulation/network.js';
import type { HubPlace } from '../../simulation/scenario.js';

const LINK = { linkMbps: 8, latencyMs: 0 };

interface Sending {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

/** When each arrives, if all are sent at the beginning. */
function arrivals(links: readonly (typeof LINK)[], sendings: readonly Sending[], hub: HubPlace = 'none') {
  const clock = new SimulatedClock();
  const network = new SimulatedNetwork(clock, links, hub);
  const arrived = sendings.map(() => Number.NaN);
  for (const [index, { from, to, bytes }] of sendings.entries()) {
    network.send(from, to, bytes, () => {
      arrived[index] = clock.nowMs;
    });
  }
  clock.run();
  return { arrived, network };
}

describe('SimulatedNetwork', () => {
  it('takes bytes over rate for a frame alone, on both links at once, and half of both latencies', () => {
    const links = [
      { ...LINK, latencyMs: 2 },
      { ...LINK, latencyMs: 4 },
    ];
    expect(arrivals(links, [{ from: 0, to: 1, bytes: 5000 }]).arrived).to.deep.equal([8]);
  });

  it('takes as long as the slower of the two links', () => {
    const links = [LINK, { ...LINK, linkMbps: 4 }];
    expect(arrivals(links, [{ from: 0, to: 1, bytes: 5000 }]).arrived).to.deep.equal([10]);
    expect(arrivals(links, [{ from: 1, to: 0, bytes: 5000 }]).arrived).to.deep.equal([10]);
  });

  it('makes frames of one sender queue at its uplink, and those to one receiver at its downlink', () => {
    const three = [LINK, LINK, LINK];
    const out = [
      { from: 0, to: 1, bytes: 1000 },
      { from: 0, to: 2, bytes: 1000 },
    ];
    expect(arrivals(three, out).arrived).to.deep.equal([1, 2]);
    const home = [
      { from: 1, to: 0, bytes: 1000 },
      { from: 2, to: 0, bytes: 1000 },
    ];
    expect(arrivals(three, home).arrived).to.deep.equal([1, 2]);
  });

  it('lets frames of different boards, and both directions of one, pass at once', () => {
    const both = [
      { from: 0, to: 1, bytes: 1000 },
      { from: 1, to: 0, bytes: 1000 },
      { from: 2, to: 3, bytes: 1000 },
    ];
    expect(arrivals([LINK, LINK, LINK, LINK], both).arrived).to.deep.equal([1, 1, 1]);
  });

  it('brings frames twice over the link of a hub, but once where the hub is at one of the ends', () => {
    const three = [LINK, LINK, LINK];
    const between = [{ from: 1, to: 2, bytes: 1000 }];
    const { arrived, network } = arrivals(three, between, 'master');
    expect(arrived).to.deep.equal([2]);
    expect(network.usage.map(({ upBytes }) => upBytes)).to.deep.equal([1000, 1000, 0]);
    expect(arrivals(three, [{ from: 1, to: 0, bytes: 1000 }], 'master').arrived).to.deep.equal([1]);
    const apart = arrivals(three, [{ from: 1, to: 0, bytes: 1000 }], 'apart');
    expect(apart.arrived).to.deep.equal([2]);
    expect(apart.network.usage.map(({ downBytes }) => downBytes)).to.deep.equal([1000, 0, 0, 1000]);
  });

  it('loses no byte and delivers what one sends to another in order, whoever sends what', () => {
    const aSending = fc.record({
      from: fc.nat({ max: 3 }),
      to: fc.nat({ max: 3 }),
      bytes: fc.integer({ min: 1, max: 9999 }),
    });
    const sendings = fc.array(aSending, { maxLength: 60 }).map((all) => all.filter(({ from, to }) => from !== to));
    const links = [LINK, { linkMbps: 100, latencyMs: 1 }, { linkMbps: 3, latencyMs: 5 }, LINK];
    fc.assert(
      fc.property(sendings, fc.constantFrom<HubPlace>('none', 'master', 'apart'), (all, hub) => {
        const { arrived, network } = arrivals(links, all, hub);
        const [up, down] = [total(network.usage, 'upBytes'), total(network.usage, 'downBytes')];
        expect(up)
          .to.equal(down)
          .and.at.least(all.reduce((sum, { bytes }) => sum + bytes, 0));
        expect(network.flows.reduce((sum, { bytes }) => sum + bytes, 0)).to.equal(
          all.reduce((sum, { bytes }) => sum + bytes, 0),
        );
        for (const [index, { from, to }] of all.entries()) {
          const later = all.findIndex((other, at) => at > index && other.from === from && other.to === to);
          if (later >= 0) expect(arrived[index]).to.be.below(arrived[later] as number);
        }
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});

function total(usage: readonly { upBytes: number; downBytes: number }[], key: 'upBytes' | 'downBytes'): number {
  return usage.reduce((sum, each) => sum + each[key], 0);
}
