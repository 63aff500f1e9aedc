// Verdicts of made-up results: who wins by what, ties, failures, and what was not measured.

import { expect } from 'chai';
import { type AimVerdict, type Verdict, verdicts } from '../../comparison/verdicts.js';
import { UNTRIED } from './sample-recovery.js';
import { type Sample, sampleResult } from './sample-results.js';
import { aim, judge, pairs } from './sample-verdicts.js';

const IDLE = 1;
const ENERGY = 2;
const SCALING = 3;
const RESILIENCE = 4;
const LARGEST = 5;
const BYTES = 6;
const ACCURACY = 7;

describe('verdicts', () => {
  it('are one of each aim of the paper, in its order', () => {
    expect(judge(pairs({}, {})).map((each) => each.aim)).to.deep.equal([1, 2, 3, 4, 5, 6, 7]);
    expect(judge([]).map(({ verdict }) => verdict)).to.deep.equal(Array(7).fill('not measured'));
  });

  const CASES: readonly [string, number, Sample, Sample, Verdict][] = [
    ['less idle workers', IDLE, { idleShare: 0.1 }, { idleShare: 0.3 }, 'holds'],
    ['more idle workers', IDLE, { idleShare: 0.4 }, { idleShare: 0.3 }, 'does not hold'],
    ['equally idle workers', IDLE, { idleShare: 0.3 }, { idleShare: 0.3 }, 'does not hold'],
    [
      'less idle workers on average, but an idler one',
      IDLE,
      { idleShares: [0, 0.6, 0, 0.6] },
      { idleShare: 0.4 },
      'does not hold',
    ],
    ['less energy', ENERGY, { joules: 10 }, { joules: 20 }, 'holds'],
    ['more energy', ENERGY, { joules: 20 }, { joules: 10 }, 'does not hold'],
    ['less energy a second, but for longer', ENERGY, { joules: 20, seconds: 200 }, { joules: 15 }, 'does not hold'],
    ['no energy measured in the star', ENERGY, {}, { joules: null }, 'not measured'],
    ['less time', SCALING, { seconds: 50 }, { seconds: 60 }, 'holds'],
    ['the same time', SCALING, { seconds: 50 }, { seconds: 50 }, 'holds'],
    ['more time', SCALING, { seconds: 70 }, { seconds: 60 }, 'does not hold'],
    ['fewer bytes', BYTES, { bytes: 1e6 }, { bytes: 2e6 }, 'holds'],
    ['as many bytes', BYTES, { bytes: 1e6 }, { bytes: 1e6 }, 'does not hold'],
    [
      'half a point less accuracy in less time',
      ACCURACY,
      { accuracy: 0.956, seconds: 80 },
      { accuracy: 0.96 },
      'holds',
    ],
    [
      'a point less accuracy in less time',
      ACCURACY,
      { accuracy: 0.95, seconds: 9 },
      { accuracy: 0.96 },
      'does not hold',
    ],
    ['exactly half a point less accuracy', ACCURACY, { accuracy: 0.956, seconds: 80 }, { accuracy: 0.961 }, 'holds'],
    ['the same accuracy in a hair more time', ACCURACY, { seconds: 114 }, {}, 'holds'],
    ['the same accuracy in more time', ACCURACY, { seconds: 116 }, {}, 'does not hold'],
    ['a hair less energy in one round', ENERGY, { joules: 88 }, { joules: 100 }, 'does not hold'],
    ['a star that failed', IDLE, {}, { outcome: 'failed' }, 'not measured'],
    ['a ring that failed', IDLE, { outcome: 'failed' }, {}, 'not measured'],
    ['a star that does not learn', IDLE, {}, { accuracy: 0.1 }, 'holds'],
    ['a ring that cannot be so large', SCALING, { outcome: 'not possible' }, {}, 'does not hold'],
    ['a star that cannot be so large', SCALING, {}, { outcome: 'not possible' }, 'holds'],
    ['a ring that failed', SCALING, { outcome: 'failed' }, {}, 'not measured'],
    ['a ring that does not learn', IDLE, { accuracy: 0.1, idleShare: 0 }, {}, 'does not hold'],
    ['a ring that is not possible', IDLE, { outcome: 'not possible' }, {}, 'not measured'],
    ['both failed', IDLE, { outcome: 'failed' }, { outcome: 'failed' }, 'not measured'],
  ];
  for (const [what, number, ring, star, verdict] of CASES) {
    it(`with ${what}: aim ${number} ${verdict}`, () => {
      expect(aim(number, pairs(ring, star)).verdict).to.equal(verdict);
    });
  }

  it('hold only where they hold at every number of boards from two on', () => {
    const better = pairs({ idleShare: 0.1 }, { idleShare: 0.3 }, [2]);
    const worse = pairs({ idleShare: 0.5 }, { idleShare: 0.3 }, [4]);
    const mixed = aim(IDLE, [...better, ...worse]);
    expect(mixed.verdict).to.equal('does not hold');
    expect(mixed.sentence).to.include('the ring is better at 2 boards and the star is better at 4 boards');
    const alone = pairs({ idleShare: 0.5 }, { idleShare: 0.3 }, [1]);
    expect(aim(IDLE, [...alone, ...better]).verdict).to.equal('holds');
  });

  it('judge idleness by each worker, and tell from the least idle one to the idlest', () => {
    const { sentence, summary } = aim(IDLE, pairs({ idleShares: [0, 0.6] }, { idleShare: 0.4 }, [2]));
    expect(summary).to.include('Idle share of the workers: the ring is better at 2 boards.');
    expect(summary).to.include('Idle share of the idlest worker: the star is better at 2 boards.');
    expect(sentence).to.include('ring 30.0 % (workers 0.0 % to 60.0 %), star 40.0 %.');
  });

  it('take the best of each kind, and name it', () => {
    const samples = [...pairs({ idleShare: 0.4 }, { idleShare: 0.3 }), { contestant: 'ring-async', idleShare: 0.1 }];
    const { sentence, summary } = aim(IDLE, samples);
    expect(sentence).to.include('At 2 boards ring-async 10.0 %, star 30.0 %; at 4 boards ring 40.0 %, star 30.0 %.');
    expect(sentence).to.include(
      'Plain ring against plain star (elsewhere they are the best): at 2 boards ring 40.0 %, star 30.0 %.',
    );
    expect(summary).to.include('At 4 boards ring 40.0 %, star 30.0 %.').and.not.to.include('At 2 boards');
  });

  it('are on the plain ring against the plain star, too', () => {
    const better = pairs({ idleShare: 0.1 }, { idleShare: 0.3 });
    expect(aim(IDLE, better)).to.include({ verdict: 'holds', plain: 'holds' });
    const best = [2, 4].map((boards) => ({ contestant: 'star-asp', boards, idleShare: 0.01 }));
    const found = judge([...better, ...best]);
    expect(found.find((each) => each.aim === IDLE)).to.include({ verdict: 'does not hold', plain: 'holds' });
    expect(found.find((each) => each.aim === LARGEST)?.plain).to.equal(null);
    const others = [2, 4].map((boards) => ({ contestant: 'ring-async', boards }));
    expect(aim(IDLE, [...others, ...best]).plain).to.equal('not measured');
  });

  it('take nobody for the best who did not reach the target', () => {
    const quiet = { contestant: 'star-topk', accuracy: 0.5, bytes: 1 };
    const samples = [...pairs({ bytes: 1e6 }, { bytes: 2e6 }, [2]), quiet];
    expect(aim(BYTES, samples).verdict).to.equal('holds');
  });

  it('count what lies within the spread of the rounds as no difference', () => {
    const rounds = (shares: readonly number[], contestant: string): Sample[] =>
      shares.map((idleShare, index) => ({ contestant, idleShare, round: index + 1 }));
    const apart = [...rounds([0.1, 0.2], 'ring'), ...rounds([0.3, 0.4], 'star')];
    expect(aim(IDLE, apart).verdict).to.equal('holds');
    expect(aim(IDLE, apart).sentence).to.include('ring 15.0 % (10.0 to 20.0 %)');
    const touching = [...rounds([0.1, 0.35], 'ring'), ...rounds([0.3, 0.4], 'star')];
    expect(aim(IDLE, touching).verdict).to.equal('does not hold');
    expect(aim(IDLE, touching).summary).to.include('neither is better');
  });

  it('are none where the rounds hide by how much the ring is behind', () => {
    const rounds = (contestant: string, ...all: number[]): Sample[] =>
      all.map((seconds, index) => ({ contestant, seconds, round: index + 1 }));
    const scaling = (...samples: Sample[]) => aim(ACCURACY, samples);
    const hidden = scaling(...rounds('ring', 50, 60, 100), ...rounds('star', 40, 45, 55));
    expect(hidden.verdict).to.equal('not measured');
    expect(hidden.summary).to.include('Time to the target: neither is better');
    const close = scaling(...rounds('ring', 44, 50, 60), ...rounds('star', 42, 46, 55));
    expect(close.verdict).to.equal('holds');
  });

  it('take one round for too few to tell a hair from a difference', () => {
    const rounds = (contestant: string, ...all: number[]): Sample[] =>
      all.map((joules, index) => ({ contestant, joules, round: index + 1 }));
    const winner = (...samples: Sample[]) => aim(ENERGY, samples).contests[0]?.best[0]?.winner;
    expect(winner(...rounds('ring', 100), ...rounds('star', 114))).to.equal('neither');
    expect(winner(...rounds('ring', 100), ...rounds('star', 115))).to.equal('ring');
    expect(winner(...rounds('ring', 100, 101), ...rounds('star', 102, 103))).to.equal('ring');
    expect(winner(...rounds('ring', 114), ...rounds('star', 100, 101))).to.equal('neither');
  });

  it('need less bytes in all and on the busiest link', () => {
    const ring = { contestant: 'ring', boards: 2, bytes: 1e6 };
    const star = { ...sampleResult({ contestant: 'star', boards: 2 }) };
    const busy = star.figures!.positions.map((each) => ({ ...each, bytesIn: 0, bytesOut: 1.5e6 }));
    const results = [sampleResult(ring), { ...star, figures: { ...star.figures!, positions: busy } }];
    const found = verdicts({ results, target: null, limits: null, recovery: UNTRIED }).find(
      (each) => each.aim === BYTES,
    );
    expect(found?.verdict).to.equal('does not hold');
    expect(found?.summary).to.include('Bytes sent in all: the ring is better').and.to.include('busiest link: the star');
  });

  it('say that boards were emulated and energy modelled', () => {
    expect(aim(ENERGY, pairs({ emulated: true }, { emulated: true })).sentence).to.include(
      'Boards emulated (pi-4), energy modelled.',
    );
    expect(aim(IDLE, pairs({}, {})).sentence).to.include('All boards shared one computer');
  });

  it('say beside each energy where it comes from', () => {
    const found = aim(ENERGY, pairs({ source: 'mixed', withMaster: false }, { source: 'measured', withMaster: false }));
    for (const text of [found.summary, found.sentence])
      expect(text).to.match(/ring \S+ k?J mixed, star \S+ k?J measured/);
    expect(found.sentence).to.include(
      'energy mixed without the master’s (ring) and measured without the master’s (star).',
    );
    expect(aim(IDLE, pairs({}, {})).summary).not.to.include('modelled');
  });

  describe('of scaling', () => {
    const growing = (ring: readonly number[], star: readonly number[]): AimVerdict => {
      const samples = [1, 2, 4].flatMap((boards, index) =>
        pairs({ seconds: ring[index] as number }, { seconds: star[index] as number }, [boards]),
      );
      return aim(SCALING, samples);
    };

    it('hold where the ring is quicker, and gains no less by more boards', () => {
      const found = growing([50, 30, 20], [100, 80, 60]);
      expect(found.verdict).to.equal('holds');
      expect(found.summary).to.include('Times as fast as on 1 board: the ring is better at every number of boards');
      expect(found.summary).to.include('At 4 boards ring 2.5, star 1.67.');
    });

    it('do not where the ring is quicker but gains less', () => {
      const found = growing([50, 50, 50], [400, 200, 100]);
      expect(found.verdict).to.equal('does not hold');
      expect(found.summary).to.include('Time to the target: the ring is better at every number of boards');
      expect(found.summary).to.include('Times as fast as on 1 board: the star is better at every number of boards');
    });

    it('do not where the ring gains more but is later', () => {
      expect(growing([400, 300, 200], [100, 90, 80]).verdict).to.equal('does not hold');
    });

    it('are none of one number of boards, but for who is slower there', () => {
      expect(aim(SCALING, pairs({ seconds: 10 }, {}, [2])).verdict).to.equal('not measured');
      expect(aim(SCALING, pairs({ seconds: 200 }, {}, [2])).verdict).to.equal('does not hold');
    });

    it('say at how many boards each kind is fastest, and where it takes the least energy', () => {
      const { sentence } = growing([50, 20, 30], [100, 200, 300]);
      expect(sentence).to.match(/The ring is fastest at 2 boards \(.* s\) and takes the least energy at 1 board \(/);
      expect(sentence).to.match(
        /The star is fastest at 1 board \(.*\) and takes the least energy at 1 board \(\S+ J modelled/,
      );
    });
  });

  it('leave no number of boards out in silence', () => {
    const samples = [...pairs({ idleShare: 0.1 }, {}, [2, 4]), ...pairs({ outcome: 'not possible' }, {}, [16])];
    const found = aim(IDLE, samples);
    expect(found.verdict).to.equal('holds');
    expect(found.summary).to.include('the ring is better at 2 and 4 boards; at 16 boards no ring was possible.');
    expect(aim(SCALING, samples).verdict).to.equal('does not hold');
    expect(aim(SCALING, samples).summary).to.include('the star is better at 16 boards');
  });

  it('use no figure of a contestant of which a round failed, and say so', () => {
    const rounds = [1, 2, 3].flatMap((round): Sample[] => pairs({ idleShare: 0.1, round }, { round }, [2]));
    const failed: Sample = { contestant: 'ring', round: 3, outcome: 'failed' };
    const found = aim(IDLE, [
      ...rounds.filter(({ contestant, round }) => contestant !== 'ring' || round !== 3),
      failed,
    ]);
    expect(found.verdict).to.equal('not measured');
    expect(found.summary).to.include('Not measured: ring failed at 2 boards in 1 of 3 rounds.');
    const other = { contestant: 'ring-async', idleShare: 0.05, boards: 2 };
    const saved = aim(IDLE, [...pairs({ outcome: 'failed' }, {}, [2]), other]);
    expect(saved.verdict).to.equal('holds');
    expect(saved.sentence).to.include('Not measured: ring failed at 2 boards.');
  });

  it('do not claim what was not tried', () => {
    expect(aim(RESILIENCE, pairs({}, {}))).to.include({ verdict: 'not measured', sentence: 'Nobody tried.' });
    expect(aim(LARGEST, pairs({}, {})).sentence).to.include('limits.json');
  });
});
