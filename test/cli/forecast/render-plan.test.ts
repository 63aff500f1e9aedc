// A forecast as text: its key lines at two widths, with and without what was measured beside it.

import { expect } from 'chai';
import type { ComparedRun } from '../../../cli/forecast/compared-run.js';
import { renderPlan, type ToldPlan } from '../../../cli/forecast/render-plan.js';
import { type ForecastRequest, forecast } from '../../../master/forecast.js';
import { recommend } from '../../../master/recommend.js';
import { forecastRequest } from '../../master/forecast-requests.js';
import { evenRun } from '../../simulation/scenarios.js';

const [WIDE, NARROW] = [160, 60];

function told(count: number, changes: Partial<ForecastRequest> = {}, measured: ComparedRun | null = null): ToldPlan {
  const spec = evenRun(8, { training: { batch: 24, microBatches: 4 } });
  const request = forecastRequest(spec, count, changes);
  const found = forecast(request);
  const differences = measured === null ? [] : ['batch: 24 here, 12 in the run'];
  const recommendation = recommend(found);
  return { request, forecast: found, recommendation, assumptions: ['all is well'], measured, differences };
}

const MEASURED: ComparedRun = {
  spec: { ...evenRun(8, {}), engine: 'wasm' },
  boards: 2,
  isEmulated: true,
  profiles: ['pi-4', undefined, 'pi-4'],
  samplesPerSecond: 972,
  busiest: { agent: 'pi-2', direction: 'down', mbps: 123.4, share: 0.1234 },
  mode: 'ring',
  stepMs: 12.345,
  steps: 50,
  positions: [
    { position: 0, agent: 'master', idleShare: 0.91, bytesOut: 1000, bytesIn: 2000, joules: 0.25 },
    { position: 2, agent: 'pi-2', idleShare: 0.31, bytesOut: 3000, bytesIn: 4000, joules: null },
  ],
};

function lineOf(text: string, start: string): string {
  const found = text.split('\n').find((line) => line.startsWith(start));
  if (found === undefined) throw new Error(`no line starts with ${start}:\n${text}`);
  return found;
}

/** Columns stand two blanks apart. */
function cellsOf(text: string, start: string): string[] {
  return lineOf(text, start).split(/ {2,}/);
}

describe('renderPlan', () => {
  for (const width of [WIDE, NARROW]) {
    it(`tells both modes side by side at a width of ${width}`, () => {
      const plan = told(2);
      const text = renderPlan(plan, width);
      expect(lineOf(text, 'even: ')).to.equal(
        'even: forecast, modelled, for 2 boards; links direct; a step is 24 samples',
      );
      const { ring, star } = plan.forecast.modes;
      if (!ring.fits || !star.fits) throw new Error('both should fit');
      expect(cellsOf(text, 'step')).to.deep.equal([
        'step',
        `${ring.result.stepMs.toFixed(2)} ms`,
        `${star.result.stepMs.toFixed(2)} ms`,
      ]);
      expect(cellsOf(text, 'boards')).to.deep.equal(['boards', '2', '2']);
      expect(cellsOf(text, 'frames a step')).to.deep.equal(['frames a step', '24.0', '12.0']);
      expect(lineOf(text, 'bytes: ')).to.match(
        /^bytes: the ring moves fewer: ring [\d.]+ kB \(200 numbers a sample at its cuts\), star .* \(80,000 parameters/,
      );
      expect(lineOf(text, 'assumed: ')).to.equal('assumed: all is well');
      expect(lineOf(text, 'take the ring: ')).to.equal(`take the ring: ${plan.recommendation.because}`);
      expect(text).not.to.include('measured');
    });
  }

  it('tells the ring’s layers by board, and cuts their names where the width is short', () => {
    const rowOf = (width: number) => cellsOf(renderPlan(told(2), width), '1  pi-1');
    expect(rowOf(WIDE).slice(0, 3)).to.deep.equal(['1', 'pi-1', 'dense_0 … dense_3']);
    expect(rowOf(NARROW)[2]).to.match(/^dens.*…$/);
    expect(rowOf(WIDE).at(-1), 'its window').to.match(/^\d+$/);
    expect(cellsOf(renderPlan(told(2), WIDE), '0  master')[2]).to.equal('–');
  });

  it('names where frames pass', () => {
    const title = (hub: 'master' | 'apart') => lineOf(renderPlan(told(2, { hub }), WIDE), 'even: ');
    expect(title('master')).to.include('links through a hub on the master’s machine');
    expect(title('apart')).to.include('links through a hub of its own');
  });

  it('sets what was measured beside the forecast, with a dash for what is not known', () => {
    const text = renderPlan(told(2, {}, MEASURED), WIDE);
    expect(cellsOf(text, ' ').at(-1)).to.equal('measured ring');
    const last = (row: string) => cellsOf(text, row).at(-1);
    expect(last('step')).to.equal('12.35 ms');
    expect(last('samples/s')).to.equal('972');
    expect(last('busiest link')).to.equal('pi-2 down 12 %');
    expect(last('boards')).to.equal('1');
    expect(last('idle, boards')).to.equal('31 %');
    expect(last('idle, master')).to.equal('91 %');
    expect(last('bytes a step')).to.equal('4.0 kB');
    expect(last('energy a step')).to.equal('250 mJ');
    expect(cellsOf(text, '0  master').slice(-3)).to.deep.equal(['91 %', '1.0 kB', '2.0 kB']);
    expect(cellsOf(text, '1  pi-1').slice(-3), 'told nothing').to.deep.equal(['–', '–', '–']);
    expect(text).to.include('measured: the median step');
    expect(lineOf(text, 'differs: ')).to.equal('differs: batch: 24 here, 12 in the run');
  });

  it('shows the positions of the mode that was measured: a star has no windows', () => {
    const text = renderPlan(told(2, {}, { ...MEASURED, mode: 'star' }), WIDE);
    expect(cellsOf(text, '1  pi-1')[2]).to.equal('dense_0 … dense_7');
    expect(lineOf(text, '#  board')).not.to.include('window');
  });

  it('has a dash for the idle share of boards of which none has told', () => {
    const [master] = MEASURED.positions as [ComparedRun['positions'][number]];
    const text = renderPlan(told(2, {}, { ...MEASURED, positions: [master] }), WIDE);
    expect(cellsOf(text, 'boards').at(-1)).to.equal('0');
    expect(cellsOf(text, 'idle, boards').at(-1)).to.equal('–');
  });

  it('tells what the busiest link carries where nobody knows what it could, and nothing where nobody told', () => {
    const busiest = { agent: 'pi-2', direction: 'up', mbps: 12.34, share: null } as const;
    const cell = (run: ComparedRun) => cellsOf(renderPlan(told(2, {}, run), WIDE), 'busiest link').at(-1);
    expect(cell({ ...MEASURED, busiest })).to.equal('pi-2 up 12.3 Mbit/s');
    expect(cell({ ...MEASURED, busiest: null })).to.equal('–');
  });

  it('shows what does not fit and what to do about it', () => {
    const text = renderPlan(told(9), WIDE);
    expect(cellsOf(text, 'step')[1]).to.equal('does not fit');
    expect(text).to.include('take the star: the ring does not fit: 9 stages are asked for');
    expect(lineOf(text, 'ring: ')).to.match(/^ring: 9 stages .*\. Ask for at most 8 boards/);
    expect(text).not.to.include('bytes: the');

    const none = renderPlan(told(25), WIDE);
    expect(none).not.to.include('take');
    expect(lineOf(none, 'neither fits: ')).to.include('8 layers').and.to.include('a batch of 24 samples');
    expect(lineOf(none, 'star: ')).to.include('Set training.batch to at least 25');
  });
});
