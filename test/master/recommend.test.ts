// Which mode is recommended and why: the figures decide one after the other, and what does not fit is never taken.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Forecast, ModeForecast } from '../../master/forecast.js';
import { recommend } from '../../master/recommend.js';
import type { Simulated } from '../../simulation/result.js';

type Figures = Pick<Simulated, 'stepMs' | 'joules' | 'bytes'>;
const EVEN: Figures = { stepMs: 100, joules: 2, bytes: 4e6 };

function fitting(figures: Partial<Figures>): ModeForecast {
  const { stepMs, joules, bytes } = { ...EVEN, ...figures };
  const busiest = { position: 0, direction: 'up', share: 1 } as const;
  const result = { stepMs, joules, bytes, samplesPerSecond: 1, positions: [], flows: [], frames: 1, busiest };
  return { fits: true, agents: [], layers: [], result };
}

function unfitting(reason: string): ModeForecast {
  return { fits: false, reason, remedy: undefined };
}

function recommended(ring: ModeForecast, star: ModeForecast) {
  return recommend({ modes: { ring, star }, bytes: null } satisfies Forecast);
}

describe('recommend', () => {
  it('takes the faster mode, however much energy and bytes it takes', () => {
    expect(recommended(fitting({ stepMs: 40, joules: 9, bytes: 9e6 }), fitting({}))).to.deep.equal({
      mode: 'ring',
      because: '2.5 times as fast: ring 40 ms, 9.00 J, 9.00 MB a step; star 100 ms, 2.00 J, 4.00 MB a step',
    });
    expect(recommended(fitting({}), fitting({ stepMs: 50, joules: 9, bytes: 9e6 }))).to.deep.equal({
      mode: 'star',
      because: '2.0 times as fast: ring 100 ms, 2.00 J, 4.00 MB a step; star 50 ms, 9.00 J, 9.00 MB a step',
    });
  });

  it('takes of equally fast ones that with less energy, and then that with fewer bytes', () => {
    const energy = recommended(fitting({ joules: 3, bytes: 1 }), fitting({ stepMs: 109 }));
    expect(energy).to.deep.include({ mode: 'star' });
    expect(energy.because).to.match(/^1\.5 times as little energy: ring 100 ms, /);
    const bytes = recommended(fitting({ bytes: 1e6 }), fitting({ stepMs: 92, joules: 1.9 }));
    expect(bytes).to.deep.include({ mode: 'ring' });
    expect(bytes.because).to.match(/^4\.0 times as few bytes: /);
  });

  it('takes the ring where all is equal within what a forecast is good for', () => {
    const { mode, because } = recommended(fitting({ stepMs: 109, joules: 2.19, bytes: 4.3e6 }), fitting({}));
    expect(mode).to.equal('ring');
    expect(because).to.match(/^both are equal within 10 %: ring 109 ms/);
  });

  it('says nothing of energy where no watts are known, and small ones in millijoules', () => {
    expect(recommended(fitting({ joules: 0, bytes: 1e6 }), fitting({ joules: 0 })).because).to.equal(
      '4.0 times as few bytes: ring 100 ms, 1.00 MB a step; star 100 ms, 4.00 MB a step',
    );
    expect(recommended(fitting({ joules: 0.0123 }), fitting({ joules: 0.5 })).because).to.include(
      'ring 100 ms, 12.3 mJ, ',
    );
  });

  it('takes what alone fits, and says why the other does not', () => {
    expect(recommended(fitting({ stepMs: 1e6 }), unfitting('no room on pi-1'))).to.deep.equal({
      mode: 'ring',
      because: 'the star does not fit: no room on pi-1',
    });
    expect(recommended(unfitting('too few layers'), fitting({ stepMs: 1e6 }))).to.deep.equal({
      mode: 'star',
      because: 'the ring does not fit: too few layers',
    });
  });

  it('takes neither where none fits, and says why of both', () => {
    expect(recommended(unfitting('too few layers'), unfitting('no room'))).to.deep.equal({
      mode: null,
      because: 'neither fits: too few layers; no room',
    });
  });

  it('never takes what is more than 10 % slower, and is of one mind when the two change places', () => {
    const figures = fc.record({
      stepMs: fc.double({ min: 0.01, max: 1e4, noNaN: true }),
      joules: fc.double({ min: 0.001, max: 100, noNaN: true }),
      bytes: fc.integer({ min: 1, max: 1e9 }),
    });
    fc.assert(
      fc.property(figures, figures, (one, other) => {
        const { mode, because } = recommended(fitting(one), fitting(other));
        const [own, others] = mode === 'ring' ? [one, other] : [other, one];
        expect(own.stepMs).to.be.at.most(1.1 * others.stepMs);
        const swapped = recommended(fitting(other), fitting(one)).mode;
        if (because.startsWith('both are equal')) expect(swapped).to.equal('ring');
        else expect(swapped).to.equal(mode === 'ring' ? 'star' : 'ring');
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
