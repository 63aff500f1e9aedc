// What positions counted in the generations before is told once, and none of it is lost.

import { expect } from 'chai';
import { EarlierCounts } from '../../../master/recovery/earlier-counts.js';
import type { NodeFigures } from '../../../protocol/node-figures.js';
import { FIGURES } from '../../cli/run-samples.js';

const sent = (bytesOut: number): NodeFigures => ({ ...FIGURES, bytesOut });
const told = (agent: string, figures: NodeFigures | null) => ({
  ...{ agent, position: 1, figures, rssBytes: null, peakRssBytes: null },
});

describe('counts of earlier generations', () => {
  it('are those that a board told when it gave its position up, not those of its telemetry before', () => {
    const counts = new EarlierCounts();
    counts.hold('pi-1', sent(10));
    counts.hold('pi-2', sent(20));
    const settled = counts.settle([told('pi-1', sent(15)), told('pi-2', null)]);
    expect([...settled].map(([agent, { bytesOut }]) => [agent, bytesOut])).to.deep.equal([
      ['pi-1', 15],
      ['pi-2', 20],
    ]);
    expect(counts.sumWith(told('pi-1', sent(100))).figures?.bytesOut).to.equal(115);
    expect(counts.sumWith(told('pi-2', null)).figures?.bytesOut).to.equal(20);
  });

  it('of a run that ends while it recovers are counted once', () => {
    const counts = new EarlierCounts();
    counts.hold('pi-1', sent(10));
    expect(counts.sumWith(told('pi-1', sent(15))).figures?.bytesOut).to.equal(15);
    expect(counts.sumWith(told('pi-1', null)).figures?.bytesOut).to.equal(10);
    expect(counts.sumWith(told('pi-9', null)).figures).to.equal(null);
  });

  it('add up over generations', () => {
    const counts = new EarlierCounts();
    for (const bytes of [1, 2, 4]) {
      counts.hold('pi-1', sent(bytes));
      counts.settle([]);
    }
    expect(counts.settle([]).size).to.equal(0);
    expect(counts.sumWith(told('pi-1', sent(8))).figures?.bytesOut).to.equal(15);
  });
});
