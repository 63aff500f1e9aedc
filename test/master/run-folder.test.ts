// What a run leaves on disk, and what happens when the disk will not have it.

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataError } from '../../errors.js';
import { createRunFolder } from '../../master/run-folder.js';
import { TemporaryFolder } from '../data/files.js';
import { smallRun, specOf } from '../support/specs.js';
import { rejectionOf } from '../transport/inbox.js';

const spec = specOf(smallRun());

const AT_LAST = { step: 1, epoch: 0, loss: 0.5, learningRate: 0.1, samplesPerSecond: 8, elapsedSeconds: 2, time: 100 };

describe('run folder', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
  });
  afterEach(() => folder.remove());

  it('holds what was asked, what happened, the curve and the model', async () => {
    const run = await createRunFolder(join(folder.path, 'runs', 'deeper'), 'one', spec);
    run.journal({ type: 'state', state: 'running' });
    run.journal({ type: 'state', state: 'finished' });
    run.metrics({
      step: 0,
      epoch: 0,
      loss: 0.5,
      learningRate: 0.1,
      samplesPerSecond: 8,
      elapsedSeconds: 1.5,
      time: 99,
    });
    run.metrics({ ...AT_LAST, energy: { joules: 2.5, source: 'mixed', positions: 2 } });
    run.metrics({ ...AT_LAST, energy: null });
    await run.saveFigures([{ position: 0, agent: 'master', figures: null, rssBytes: 1, peakRssBytes: 2 }]);
    await run.saveModel(Uint8Array.of(1, 2, 3));
    await run.close();
    const read = (name: string) => readFile(join(run.path, name), 'utf8');
    expect(JSON.parse(await read('spec.json'))).to.deep.equal(JSON.parse(JSON.stringify(spec)));
    const lines = (await read('journal.ndjson'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ state }) => state)).to.deep.equal(['running', 'finished']);
    for (const { time } of lines) expect(new Date(time).toISOString()).to.equal(time);
    expect(await read('metrics.csv')).to.equal(
      [
        'step,epoch,loss,learningRate,samplesPerSecond,elapsedSeconds,time,joules,energySource,energyPositions',
        '0,0,0.5,0.1,8,1.5,99,,,',
        '1,0,0.5,0.1,8,2,100,2.5,mixed,2',
        '1,0,0.5,0.1,8,2,100,,,',
        '',
      ].join('\n'),
    );
    expect(JSON.parse(await read('figures.json'))[0]).to.include({ position: 0, agent: 'master', peakRssBytes: 2 });
    expect([...(await readFile(join(run.path, 'model.safetensors')))]).to.deep.equal([1, 2, 3]);
    expect(await readdir(run.path)).to.have.members([
      'spec.json',
      'journal.ndjson',
      'metrics.csv',
      'figures.json',
      'model.safetensors',
    ]);
  });

  it('has another name for the second run of a second', async () => {
    const runs = await Promise.all([1, 2, 3].map(() => createRunFolder(folder.path, 'same', spec)));
    expect(runs.map(({ name }) => name)).to.have.members(['same', 'same-2', 'same-3']);
    for (const { name, path } of runs) expect(path).to.equal(join(folder.path, name));
    await Promise.all(runs.map((run) => run.close()));
  });

  it('says where it cannot be made', async () => {
    await writeFile(join(folder.path, 'file'), '');
    const error = await rejectionOf(createRunFolder(join(folder.path, 'file'), 'one', spec));
    expect(error).to.be.instanceOf(DataError);
    expect(error.message).to.contain(join(folder.path, 'file'));
    expect(error.remedy).to.contain('disk');
  });

  it('keeps the model before when a new one cannot be written', async () => {
    const run = await createRunFolder(folder.path, 'one', spec);
    await run.saveModel(Uint8Array.of(1));
    await mkdir(join(run.path, 'model.safetensors.new'));
    await rejectionOf(run.saveModel(Uint8Array.of(2)));
    expect([...(await readFile(join(run.path, 'model.safetensors')))]).to.deep.equal([1]);
    await run.close();
  });
});
