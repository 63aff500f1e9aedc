import { expect } from 'chai';
import { creepSection, thirds } from '../../../benchmarks/memory/creep-section.js';
import type { Sample } from '../../../benchmarks/memory/samples.js';

/** The agent's memory grows by a MB a sample, its CPU time and the broker's go on evenly. */
const SAMPLES: readonly Sample[] = Array.from({ length: 9 }, (_, index) => ({
  step: 100 * index,
  rssMb: { agent: 60 + index, broker: 50 },
  cpuSeconds: { agent: 0.12 * index, broker: null },
}));

describe('the cost of a message over a run', () => {
  it('compares the first third with the last', () => {
    expect(thirds(SAMPLES).map((third) => third.map(({ step }) => step))).to.deep.equal([
      [0, 100, 200],
      [600, 700, 800],
    ]);
  });

  it('has the ratio of memory and of CPU time, where they are known', () => {
    const { rows } = creepSection(SAMPLES, 900);
    const ratios = Object.fromEntries(rows.map(({ id, ratio }) => [id, ratio?.value ?? null]));
    expect(ratios['memory/agent/rss']).to.be.closeTo(67 / 61, 1e-9);
    expect(ratios['memory/agent/cpu']).to.be.closeTo(1, 1e-9);
    expect(ratios['memory/broker/rss']).to.equal(1);
    expect(ratios['memory/broker/cpu']).to.equal(null);
    // 0.12 s for 100 steps of 3 micro-batches of 4 messages
    expect(rows.find(({ id }) => id === 'memory/agent/cpu')?.values.first).to.be.closeTo(100, 1e-9);
  });
});
