// What a run left in its folder, read and measured.

import { expect } from 'chai';
import { measureRun } from '../../comparison/measure.js';
import { idleShare, joules, joulesToTarget } from '../../comparison/measures.js';
import { readRawRun } from '../../comparison/raw-run.js';
import { PHASES } from '../../protocol/phases.js';

const JOURNAL = [
  { time: '2026-01-02T03:04:05.000Z', type: 'planned', plan: [] },
  { time: '2026-01-02T03:04:06.000Z', type: 'state', state: 'running', step: 0 },
  {
    time: '2026-01-02T03:04:09.000Z',
    type: 'evaluated',
    step: 2,
    loss: 0.5,
    metric: 'accuracy',
    value: 0.8,
    samples: 9,
  },
  {
    time: '2026-01-02T03:04:12.000Z',
    type: 'evaluated',
    step: 4,
    loss: 0.3,
    metric: 'accuracy',
    value: 0.9,
    samples: 9,
  },
];
const START_MS = Date.parse('2026-01-02T03:04:06.000Z');

function figures(position: number, energy: object | null) {
  return {
    position,
    agent: `board-${position}`,
    rssBytes: 4e7,
    peakRssBytes: 5e7,
    figures: {
      phase: 'idle',
      idleShare: position / 10,
      seconds: { forward: 1, backward: 2, update: 0.5 },
      window: 2,
      microBatchMs: 3,
      linkMs: null,
      bytesIn: 100,
      bytesOut: 200,
      unsent: 0,
      dropped: {},
      topics: [
        { topic: '0/backward', direction: 'out', bytes: 150, frames: 3 },
        { topic: `${position}/forward`, direction: 'in', bytes: 100, frames: 2 },
      ],
      energy,
    },
  };
}

const MODELLED = {
  source: 'modelled',
  joules: Object.fromEntries(PHASES.map((phase) => [phase, phase === 'idle' ? 10 : 0])),
};

function raw({ energy = MODELLED as object | null, master = MODELLED as object | null, elapsed = true } = {}) {
  const head = `step,epoch,loss,learningRate,samplesPerSecond,${elapsed ? 'elapsedSeconds,' : ''}time`;
  const rows = [0, 1, 2, 3].map((step) => {
    return `${step},0,${1 - step / 10},0.1,10,${elapsed ? `${step + 1},` : ''}${START_MS + (step + 1) * 2000}`;
  });
  return readRawRun({
    metrics: `${[head, ...rows].join('\n')}\n`,
    journal: `${JOURNAL.map((line) => JSON.stringify(line)).join('\n')}\n`,
    figures: JSON.stringify([figures(0, master), figures(1, MODELLED), figures(2, energy)]),
  });
}

describe('the figures of a run', () => {
  it('are in the time of its boards', () => {
    const found = measureRun(raw(), 8);
    expect(found).to.include({ steps: 4, seconds: 4, samplesPerSecond: 8, metric: 'accuracy' });
    expect(found?.evaluations).to.deep.equal([
      { step: 2, seconds: 2, loss: 0.5, value: 0.8 },
      { step: 4, seconds: 4, loss: 0.3, value: 0.9 },
    ]);
    expect(found?.curve.map(({ step, seconds }) => [step, seconds])).to.deep.equal(
      [1, 2, 3, 4].map((each) => [each, each]),
    );
  });

  it('are in the time of this computer where boards tell none', () => {
    expect(measureRun(raw({ elapsed: false }), 8)?.seconds).to.equal(8);
  });

  it('leave the master out of the workers’ idle share', () => {
    expect(idleShare.of(measureRun(raw(), 8)!, null)).to.be.closeTo(0.15, 1e-12);
  });

  it('count each byte once, by its topic', () => {
    expect(measureRun(raw(), 8)?.topics).to.deep.equal([{ topic: '0/backward', bytes: 450, frames: 9 }]);
  });

  it('add up the energy of all boards, to the target in proportion', () => {
    const found = measureRun(raw(), 8)!;
    expect(found.energy?.source).to.equal('modelled');
    expect(joules.of(found, null)).to.equal(30);
    const target = { metric: 'accuracy', value: 0.85, why: '' };
    expect(joulesToTarget.of(found, target)).to.be.closeTo((30 * 3) / 4, 1e-9);
  });

  it('say of how many kinds their energy is', () => {
    const sourceOf = (source: string, master = MODELLED as object | null) => {
      return measureRun(raw({ energy: { ...MODELLED, source }, master }), 8)?.energy;
    };
    expect(sourceOf('modelled')).to.include({ source: 'modelled', withMaster: true });
    expect(sourceOf('measured')).to.include({ source: 'mixed', withMaster: true });
    expect(sourceOf('simulated')).to.include({ source: 'mixed' });
    expect(sourceOf('measured', null)).to.include({ source: 'mixed', withMaster: false });
  });

  it('are those of the boards alone where the master tells no energy', () => {
    const found = measureRun(raw({ master: null }), 8)!;
    expect(found.energy).to.include({ source: 'modelled', withMaster: false });
    expect(joules.of(found, null)).to.equal(20);
    expect(joulesToTarget.of(found, { metric: 'accuracy', value: 0.85, why: '' })).to.be.closeTo((20 * 3) / 4, 1e-9);
  });

  it('know of no overdue messages where a board does not tell of them', () => {
    const overdueOf = (...each: object[]) => {
      const positions = each.map((more, position) => {
        const emulated = { profile: 'pi-4', dilation: 1, drift: 0, ...more };
        const { figures: node, ...rest } = figures(position, MODELLED);
        return { ...rest, figures: { ...node, emulated } };
      });
      const files = { metrics: 'step,loss,time\n0,1,1\n', journal: '', figures: JSON.stringify(positions) };
      return measureRun(readRawRun(files), 8)?.emulated?.overdue;
    };
    expect(overdueOf({}, {})).to.equal(null);
    expect(overdueOf({ overdue: 0.1 }, {})).to.equal(null);
    expect(overdueOf({ overdue: 0.1 }, { overdue: 0 })).to.equal(0.1);
  });

  it('know no energy of the fleet where one board tells none', () => {
    const found = measureRun(raw({ energy: null }), 8)!;
    expect(found.energy).to.equal(null);
    expect(joulesToTarget.of(found, { metric: 'accuracy', value: 0.85, why: '' })).to.equal(null);
  });

  it('are none where no step was made', () => {
    const none = readRawRun({ metrics: 'step,loss,time\n', journal: '', figures: '[]' });
    expect(measureRun(none, 8)).to.equal(null);
  });

  it('name the file that is not as it should be', () => {
    const read = (more: object) => readRawRun({ metrics: 'step,loss,time\n', journal: '', figures: '[]', ...more });
    expect(() => read({ figures: '[{}]' })).to.throw('figures.json: 0.figures');
    expect(() => read({ figures: '{' })).to.throw('figures.json');
    expect(() => read({ metrics: 'step,loss\n1,2\n' })).to.throw('metrics.csv: 0.time');
  });
});
