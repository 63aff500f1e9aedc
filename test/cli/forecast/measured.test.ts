// What is read of a run that was made, and what is said of a folder that is not that of one.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readRunFigures } from '../../../cli/forecast/measured.js';
import { dataErrorOf, TemporaryFolder } from '../../data/files.js';
import { JOULES, metricsOf, position, writeRun } from './run-folders.js';

describe('readRunFigures', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
  });
  afterEach(() => folder.remove());

  it('takes the median step of the run’s own time, which neither the first step nor a pause moves', async () => {
    const made = Array.from({ length: 60 }, (_, step) => 5 + step / 10 + (step < 20 ? 0 : 4));
    const { stepMs, steps } = await readRunFigures(await writeRun(folder, made, [position(0)]));
    expect(stepMs).to.be.closeTo(100, 1e-6);
    expect(steps).to.equal(60);
  });

  it('divides bytes and joules by the steps, and leaves out whoever told nothing', async () => {
    const energy = { source: 'modelled' as const, joules: JOULES };
    const figures = [
      position(0, { bytesIn: 400, bytesOut: 800, idleShare: 0.5 }),
      position(1, null),
      position(2, { energy }),
    ];
    const { mode, positions } = await readRunFigures(await writeRun(folder, [1, 2, 3, 4], figures, { mode: 'star' }));
    expect(mode).to.equal('star');
    const [master, board] = positions;
    expect(master).to.deep.equal({
      position: 0,
      agent: 'master',
      idleShare: 0.5,
      bytesOut: 200,
      bytesIn: 100,
      joules: null,
    });
    expect(positions).to.have.length(2);
    expect(board).to.include({ position: 2, agent: 'board-2', joules: 7 / 4 });
  });

  for (const made of [[], [1]]) {
    it(`has no pace to tell of a run of ${made.length} steps`, async () => {
      const { message, remedy } = await dataErrorOf(readRunFigures(await writeRun(folder, made, [position(0)])));
      expect(message).to.equal(`the run in ${folder.path} has made ${made.length} steps, too few for a pace`);
      expect(remedy).to.include('at least two steps');
    });
  }

  for (const name of ['spec.json', 'metrics.csv', 'figures.json']) {
    it(`says that a folder without ${name} is not that of a run that has ended`, async () => {
      await rm(join(await writeRun(folder, [1, 2], [position(0)]), name));
      const { message, remedy } = await dataErrorOf(readRunFigures(folder.path));
      expect(message).to.include(`there is no ${name} in ${folder.path}`);
      expect(remedy).to.include('`ringtmp runs`');
    });
  }

  const BROKEN: readonly [string, string, RegExp][] = [
    ['spec.json', '{', /JSON/],
    ['spec.json', '{"name":"small"}', /data/],
    ['figures.json', '[{"position":-1}]', /position/],
    ['metrics.csv', 'step,loss\n0,0.5\n1,0.4\n', /elapsedSeconds/],
    ['metrics.csv', metricsOf([1, 2]).replace(',2,', ',soon,'), /elapsedSeconds/],
    ['metrics.csv', 'step,elapsedSeconds\n0\n', /line|column/i],
  ];
  for (const [name, text, fault] of BROKEN) {
    it(`says what is wrong with a ${name} of ${JSON.stringify(text).slice(0, 40)}`, async () => {
      await writeRun(folder, [1, 2], [position(0)]);
      await folder.write(name, text);
      const { message } = await dataErrorOf(readRunFigures(folder.path));
      expect(message).to.include(`${name} in ${folder.path} is not that of a run: `).and.to.match(fault);
    });
  }
});
