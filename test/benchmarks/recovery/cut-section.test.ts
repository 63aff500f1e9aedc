import { expect } from 'chai';
import { rowOf } from '../../../benchmarks/recovery/cut-section.js';
import { VARIANTS, type Variant } from '../../../benchmarks/recovery/job.js';
import type { SteadyRun } from '../../../benchmarks/recovery/steady-run.js';
import { verdictOf } from '../../../benchmarks/report/report.js';

const variant = VARIANTS[0] as Variant;
const run = (samplesPerSecond: number, cutsMs: number[] = []): SteadyRun => {
  return { samplesPerSecond, cutsMs, lostMs: 10 * cutsMs.length, lastsMs: 10_000 };
};

describe('what cuts cost', () => {
  const withCuts = [run(98, [20, 30]), run(190, [40]), run(396, [10, 50])];
  const without = [run(100), run(200), run(400)];

  it('is the median of what each round says, for machines are not as fast in one as in the next', () => {
    const row = rowOf({ variant, withCuts, without });
    expect(row.ratio).to.deep.equal({ value: 0.98, min: 0.95, max: 0.99, to: 'without cuts' });
    expect(verdictOf(row)).to.include({ met: true });
  });

  it('stands beside how many there were and what share of the time they took', () => {
    expect(rowOf({ variant, withCuts, without }).values).to.deep.equal({
      withCuts: 190,
      without: 200,
      cuts: 2,
      cutMs: 30,
      cutsPercent: 0.5,
      lostPercent: 0.2,
    });
  });

  it('is more than is allowed where runs are slower by a twentieth', () => {
    const row = rowOf({ variant, withCuts: [run(95)], without: [run(100)] });
    expect(verdictOf(row)).to.include({ met: false });
    expect(row.values.cutMs).to.satisfy(Number.isNaN);
  });
});
