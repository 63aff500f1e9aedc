import { expect } from 'chai';
import { bytes, cut, duration, figure, metricValue, percent, rate, span } from '../../../cli/view/format.js';

describe('figures for people', () => {
  it('durations', () => {
    const shown = [null, 0.26, 12.4, 59.6, 75, 3600, 3725].map(duration);
    expect(shown).to.deep.equal(['–', '0.3 s', '12 s', '1 min 0 s', '1 min 15 s', '1 h 0 min', '1 h 2 min']);
  });

  it('bytes', () => {
    expect([null, 999, 1500, 2.5e6, 3.21e9].map(bytes)).to.deep.equal(['–', '999 B', '1.5 kB', '2.5 MB', '3.21 GB']);
  });

  it('shares, losses and rates', () => {
    expect([null, 0.256, 1].map((share) => percent(share))).to.deep.equal(['–', '26 %', '100 %']);
    expect([null, 0, 0.12345, 1.2e-7, 123456].map(figure)).to.deep.equal(['–', '0', '0.1235', '1.200e-7', '1.235e+5']);
    expect([12.34, 12345].map(rate)).to.deep.equal(['12.3', '12,345']);
  });

  it('metrics: accuracy as a share, errors as figures', () => {
    expect(metricValue({ metric: 'accuracy', value: 0.9512 })).to.equal('95.1 %');
    expect(metricValue({ metric: 'meanAbsoluteError', value: 0.9512 })).to.equal('0.9512');
  });

  it('names: cut at the end, or the first and the last', () => {
    expect(cut('dense_0', 4)).to.equal('den…');
    expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(span)).to.deep.equal(['–', 'a', 'a, b', 'a … c']);
  });
});
