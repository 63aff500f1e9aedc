// The verdict on the fourth aim, of made-up recoveries.

import { expect } from 'chai';
import type { AimVerdict, Verdict } from '../../comparison/verdicts.js';
import { type RecoverySample, sampleRecoveries } from './sample-recovery.js';
import { judge } from './sample-verdicts.js';

const RESILIENCE = 4;

describe('verdicts of resilience', () => {
  const judged = (...samples: Parameters<typeof sampleRecoveries>): AimVerdict => {
    return judge([], null, sampleRecoveries(...samples)).find((each) => each.aim === RESILIENCE) as AimVerdict;
  };
  const WAYS: readonly [string, RecoverySample, RecoverySample, Verdict, string][] = [
    ['sooner', { recoveryMs: [1000, 900] }, { recoveryMs: [2000, 1900] }, 'holds', 'the ring goes on sooner'],
    ['as soon', { recoveryMs: [1050] }, { recoveryMs: [1000] }, 'holds', 'neither goes on sooner'],
    ['later', { recoveryMs: [1150] }, { recoveryMs: [1000] }, 'does not hold', 'the star goes on sooner'],
    ['sooner with other weights', { recoveryMs: [10], matches: false }, {}, 'does not hold', 'The ring did not come'],
    ['sooner until it failed', { recoveryMs: [10], failure: 'gone' }, {}, 'does not hold', 'did not finish (gone)'],
    ['sooner but once', { recoveryMs: [10, null, 10] }, {}, 'does not hold', 'The ring did not come'],
    ['sooner, of fewer faults', { recoveryMs: [10], asked: 2 }, {}, 'does not hold', 'The ring did not come'],
    ['later than a star that failed', {}, { recoveryMs: [1], failure: 'gone' }, 'holds', 'the star did not'],
    ['later than a star that learns less', {}, { recoveryMs: [1], matches: false }, 'holds', 'the star did not'],
    ['not at all, nor did the star', { failure: 'gone' }, { failure: 'gone' }, 'does not hold', 'The ring did not'],
  ];
  for (const [what, ring, star, verdict, text] of WAYS) {
    it(`with a ring that goes on ${what}: ${verdict}`, () => {
      const found = judged(ring, star);
      expect(found.verdict).to.equal(verdict);
      expect(found.sentence).to.include(text).and.to.include('not emulated boards');
    });
  }

  it('are by kind of fault, and name what was tried and what was not', () => {
    const found = judged({ recoveryMs: [3000, 1000, 500] }, { recoveryMs: [800, 4000, 520] });
    expect(found.verdict).to.equal('does not hold');
    expect(found.sentence).to.include(
      'After a killed agent the star goes on sooner (ring 3.00 s, star 0.800 s); after a killed broker neither goes on ' +
        'sooner (ring 0.500 s, star 0.520 s); after a killed master the ring goes on sooner (ring 1.00 s, star 4.00 s).',
    );
    expect(found.sentence)
      .to.include('killed and started again at once')
      .and.to.include('Not tried: a board that stays');
  });

  it('have the figures of both in the sentence', () => {
    const { sentence } = judged({}, { recoveryMs: [500, 4000], matches: false });
    expect(sentence).to.include(
      'At 4 boards ring median 2.00 s, worst 3.00 s over 3 faults, 6 steps again, the same weights',
    );
    expect(sentence).to.include('star median 2.25 s, worst 4.00 s over 2 faults, 4 steps again, not the same accuracy');
  });

  it('are none where only one of them was tried', () => {
    const recovery = { ...sampleRecoveries(), obstacle: 'What faults do to star could not be measured: no fleet' };
    const one = { ...recovery, results: recovery.results.slice(0, 1) };
    const found = judge([], null, one).find((each) => each.aim === RESILIENCE);
    expect(found).to.include({ verdict: 'not measured', sentence: recovery.obstacle });
  });
});
