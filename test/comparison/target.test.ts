import { expect } from 'chai';
import { cellsOf } from '../../comparison/cells.js';
import { chooseTarget, targetText } from '../../comparison/target.js';
import { type Sample, sampleResult } from './sample-results.js';

const targetOf = (samples: readonly Sample[], asked?: number) =>
  chooseTarget(cellsOf(samples.map(sampleResult)), asked);

describe('the target', () => {
  it('is half a point below the worst at the most boards', () => {
    const target = targetOf([
      { contestant: 'ring', boards: 2, accuracy: 0.9 },
      { contestant: 'ring', boards: 4, accuracy: 0.96 },
      { contestant: 'star', boards: 4, accuracy: 0.95 },
    ]);
    expect(target?.value).to.be.closeTo(0.945, 1e-12);
    expect(target?.why).to.include('0.5 points below 95.0 %').and.to.include('4 boards (star)');
  });

  it('is of the most boards at which both kinds finished', () => {
    const target = targetOf([
      { contestant: 'ring', boards: 2, accuracy: 0.9 },
      { contestant: 'star', boards: 2, accuracy: 0.9 },
      { contestant: 'ring', boards: 4, outcome: 'not possible' },
      { contestant: 'star', boards: 4, accuracy: 0.96 },
    ]);
    expect(target?.why).to.include('90.0 %').and.to.include('2 boards');
  });

  it('is no trifle because of one that did not learn', () => {
    const target = targetOf([
      { contestant: 'ring', accuracy: 0.96 },
      { contestant: 'star', accuracy: 0.955 },
      { contestant: 'star-asp', accuracy: 0.1 },
    ]);
    expect(target?.value).to.be.closeTo(0.95, 1e-12);
    expect(target?.why).to.include('Left out of this: star-asp');
  });

  it('is what was asked for', () => {
    const target = targetOf([{ accuracy: 0.96 }], 0.9);
    expect(targetText(target!)).to.equal('accuracy 90.0 %');
    expect(target?.why).to.include('--target');
  });

  it('is of the most boards at which any finished', () => {
    const samples: Sample[] = [
      { boards: 2, accuracy: 0.9 },
      { boards: 4, outcome: 'failed', reason: 'x' },
    ];
    expect(targetOf(samples)?.value).to.be.closeTo(0.895, 1e-12);
    expect(targetOf(samples.slice(1))).to.equal(null);
  });
});
