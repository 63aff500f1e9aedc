// What was simulated over numbers of boards: the table, the links, the CSV; and how model and batch grow.

import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { renderLinks, renderScaling, scalingCsv, scalingRow } from '../../../cli/forecast/render-scaling.js';
import { type ScalingPoint, type ScalingStudy, scalingPoints } from '../../../cli/forecast/scaling.js';
import { CapacityError } from '../../../errors.js';
import { evenRun, UNITS } from '../../simulation/scenarios.js';

function studyOf(changes: Partial<ScalingStudy> = {}): ScalingStudy {
  return {
    spec: evenRun(4, { training: { batch: 8, microBatches: 4 } }),
    inputShape: [UNITS],
    counts: [2, 4, 5, 9],
    modes: ['ring', 'star'],
    mustFit: false,
    profiles: 'pi-4,pi-3',
    masterProfile: undefined,
    hub: 'none',
    assumptions: ['all is well', 'and cheap'],
    layersPerBoard: undefined,
    batchPerBoard: undefined,
    ...changes,
  };
}

function fitting({ forecast }: ScalingPoint) {
  if (!forecast.fits) throw new Error(forecast.reason);
  return forecast;
}

const study = studyOf();
const points = scalingPoints(study);

describe('scalingPoints', () => {
  it('has one point for each mode and number of boards, whether it fits or not', () => {
    expect(points.map(({ mode, boards, forecast }) => [mode, boards, forecast.fits])).to.deep.equal([
      ['ring', 2, true],
      ['ring', 4, true],
      ['ring', 5, false],
      ['ring', 9, false],
      ['star', 2, true],
      ['star', 4, true],
      ['star', 5, true],
      ['star', 9, false],
    ]);
  });

  it('refuses what does not fit where it was asked for by name, and says which and what to do', () => {
    expect(() => scalingPoints(studyOf({ mustFit: true, modes: ['ring'] })))
      .to.throw(CapacityError, 'ring of 5 boards: 5 stages are asked for')
      .with.property('remedy')
      .that.includes('Ask for at most 4 boards');
  });

  it('gives each board a layer where the model grows with the fleet', () => {
    const spec = evenRun(3, { training: { batch: 8, microBatches: 4 } });
    const grown = scalingPoints(studyOf({ spec, counts: [1, 6], modes: ['ring'], layersPerBoard: 32 }));
    const held = grown.map((point) =>
      fitting(point).layers.map((layers) => layers.filter((each) => /dense/.test(each)).length),
    );
    expect(held[0]).to.deep.equal([0, 2]); // its own, and the last one, which knows the classes
    expect(held[1]?.reduce((sum, each) => sum + each, 0)).to.equal(7);
  });

  it('gives each board samples where the batch grows with the fleet', () => {
    const grown = scalingPoints(studyOf({ counts: [2, 4], batchPerBoard: 6 }));
    expect(grown.map(({ batch }) => batch)).to.deep.equal([12, 24, 12, 24]);
    const [ring] = grown as [ScalingPoint];
    expect(fitting(ring).result.frames).to.equal(2 * 2 * 3); // as many micro-batches as boards, there and back
  });
});

describe('renderScaling', () => {
  for (const width of [200, 60]) {
    it(`has a row for each that fits and a line for each that does not, at a width of ${width}`, () => {
      const lines = renderScaling(study, points, width).split('\n');
      expect(lines[0]).to.equal('even: modelled, boards pi-4,pi-3, direct links');
      expect(lines[2]).to.match(/^mode +boards +batch +step +samples\/s +idle, boards +bytes a step/);
      const first = (points[0] as ScalingPoint).forecast;
      expect(lines[3])
        .to.match(/^ring +2 +8 +/)
        .and.to.include(first.fits ? `${first.result.stepMs.toFixed(2)} ms` : '-');
      expect(lines.filter((line) => /^(ring|star) +\d+ +8 /.test(line))).to.have.length(5);
      expect(lines.slice(-2)).to.deep.equal(['assumed: all is well', 'assumed: and cheap']);
      expect(lines.slice(-5, -2).map((line) => line.replace(/:.*/, ''))).to.deep.equal([
        'ring of 5',
        'ring of 9',
        'star of 9',
      ]);
    });
  }

  it('names the master where it is another', () => {
    const [title] = renderScaling({ ...study, masterProfile: 'pi-5' }, points, 100).split('\n');
    expect(title).to.equal('even: modelled, boards pi-4,pi-3, master pi-5, direct links');
  });

  it('has no table where nothing fits, and says where the hub is', () => {
    const none = studyOf({ counts: [9], hub: 'apart' });
    const text = renderScaling(none, scalingPoints(none), 100);
    expect(text).to.match(/^even: modelled, boards pi-4,pi-3, frames through a hub \(apart\)\n\nring of 9: /);
    expect(text).not.to.include('samples/s');
  });
});

describe('renderLinks', () => {
  it('shows each position’s link for the largest fleet of each mode', () => {
    const blocks = renderLinks(points, 120).split('\n\n');
    expect(blocks.map((block) => block.split('\n')[0])).to.deep.equal(['ring of 4', 'star of 5']);
    const ring = (blocks[0] as string).split('\n');
    expect(ring).to.have.length(2 + 5);
    expect(ring[3]).to.match(/^1 +board-1 +[\d.]+ kB +\d+ % +8\.00 +[\d.]+ kB +\d+ % +8\.00$/);
  });

  it('names a hub of its own, behind the boards', () => {
    const apart = studyOf({ counts: [2], modes: ['ring'], hub: 'apart' });
    expect(renderLinks(scalingPoints(apart), 120).split('\n').at(-1)).to.match(/^3 +hub /);
  });
});

describe('scalingCsv', () => {
  it('holds the same figures for programs, and a reason where there are none', () => {
    const rows = parse<Record<string, string>>(scalingCsv(points), { columns: true });
    expect(rows).to.have.length(points.length);
    const [ring] = points as [ScalingPoint];
    const { result } = fitting(ring);
    expect(rows[0]).to.include({
      mode: 'ring',
      boards: '2',
      batch: '8',
      stepMs: String(result.stepMs),
      bytesPerSample: String(result.bytes / 8),
      reason: '',
    });
    expect(rows[2]).to.include({ stepMs: '', bytesPerStep: '' });
    expect(rows[2]?.reason).to.include('5 stages are asked for, but the model has only 4 layers');
  });

  it('takes the mean of the boards’ idle shares, without the master’s', () => {
    const [ring] = points as [ScalingPoint];
    const [, one, two] = fitting(ring).result.positions.map(({ idleShare }) => idleShare) as [number, number, number];
    expect(scalingRow(ring).idleShare).to.be.closeTo((one + two) / 2, 1e-12);
  });

  it('is empty but for an end of line where nothing was simulated', () => {
    expect(scalingCsv([])).to.equal('\n');
  });
});
