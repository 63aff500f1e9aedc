// What a run leaves on disk, and what happens when the disk will not have it.

import { appendFile, mkdir, readdir, readFile, rmdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataError } from '../../errors.js';
import { createRunFolder, reopenRunFolder, runFolders } from '../../master/run-folder.js';
import { TemporaryFolder } from '../data/files.js';
import { smallRun, specOf } from '../support/specs.js';
import { createMailbox, rejectionOf } from '../transport/inbox.js';

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

  it('is in trouble until each of its files can be written to again', async () => {
    await writeFile(join(folder.path, 'spec.json'), '{}');
    const [journal, metrics] = ['journal.ndjson', 'metrics.csv'].map((name) => join(folder.path, name)) as [
      string,
      string,
    ];
    for (const path of [journal, metrics]) await mkdir(path); // no file
    const run = (await reopenRunFolder(folder.path))!.folder; // begins with the head of the metrics
    const troubles = createMailbox<string | null>();
    run.onTrouble = (error) => troubles.put(error?.code ?? null);
    run.journal({ type: 'state', state: 'running' });
    expect(await troubles.take(2)).to.deep.equal(['data', 'data']);
    await rmdir(journal);
    await run.syncJournal();
    expect(await troubles.take(1)).to.deep.equal(['data']);
    await rmdir(metrics);
    expect(await troubles.take(1)).to.deep.equal([null]);
    await run.close();
  });

  describe('that a master has left', () => {
    it('goes on where it was cut off', async () => {
      const run = await createRunFolder(folder.path, 'one', spec);
      run.journal({ type: 'state', state: 'running' });
      run.metrics({ ...AT_LAST, energy: null });
      await run.close();
      await appendFile(join(run.path, 'journal.ndjson'), '{"type":"sta');
      await appendFile(join(run.path, 'metrics.csv'), '2,0,0.');

      const left = await reopenRunFolder(run.path);
      expect(left?.spec).to.deep.equal(JSON.parse(JSON.stringify(spec)));
      expect(left?.journal).to.match(/^\{"time":"[^"]+","type":"state","state":"running"\}\n$/);
      expect(left?.lastMetrics).to.deep.equal({ step: 1, elapsedSeconds: 2 });
      expect(left?.folder).to.include({ name: 'one', path: run.path });
      left?.folder.metrics({ ...AT_LAST, step: 2, energy: null });
      left?.folder.journal({ type: 'state', state: 'finished' });
      await left?.folder.close();
      const read = async (name: string) => (await readFile(join(run.path, name), 'utf8')).trim().split('\n');
      expect((await read('metrics.csv')).map((row) => row.split(',')[0])).to.deep.equal(['step', '1', '2']);
      expect((await read('journal.ndjson')).map((line) => JSON.parse(line).state)).to.deep.equal([
        'running',
        'finished',
      ]);
    });

    it('has told no metrics where only their header is there, or not even that', async () => {
      const run = await createRunFolder(folder.path, 'one', spec);
      await run.close();
      for (const spoil of [async () => {}, () => writeFile(join(run.path, 'metrics.csv'), 'step,ep')]) {
        await spoil();
        const left = await reopenRunFolder(run.path);
        expect(left?.lastMetrics).to.equal(null);
        await left?.folder.close();
        expect(await readFile(join(run.path, 'metrics.csv'), 'utf8')).to.match(/^step,epoch,.*\n$/);
      }
    });

    it('is no run without what was asked, and an unknown one where that cannot be read', async () => {
      await mkdir(join(folder.path, 'empty'));
      expect(await reopenRunFolder(join(folder.path, 'empty'))).to.equal(null);
      await writeFile(join(folder.path, 'empty', 'spec.json'), '{"na');
      const left = await reopenRunFolder(join(folder.path, 'empty'));
      expect(left).to.deep.include({ spec: null, journal: '', lastMetrics: null });
      await left?.folder.close();
    });

    it('is found among others, the newest first', async () => {
      for (const [name, second] of [
        ['b', 20],
        ['a', 30],
        ['c', 10],
      ] as const) {
        const { path, close } = await createRunFolder(folder.path, name, spec);
        await close();
        await utimes(join(path, 'spec.json'), second, second);
      }
      await mkdir(join(folder.path, 'no run'));
      await writeFile(join(folder.path, 'a file'), '');
      expect(await runFolders(folder.path)).to.deep.equal(['a', 'b', 'c'].map((name) => join(folder.path, name)));
      expect(await runFolders(join(folder.path, 'none'))).to.deep.equal([]);
    });
  });
});
