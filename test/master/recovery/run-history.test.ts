// A run's journal, cut wherever the power went: it is read up to its last whole record.

import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { historyOf, mendLines } from '../../../master/recovery/run-history.js';
import { TemporaryFolder } from '../../data/files.js';
import { entryOf } from './snapshot-entries.js';

const time = (second: number) => new Date(1_700_000_000_000 + 1000 * second).toISOString();
const entry = (agent: string) => {
  return { position: 1, agent, firstLayer: 0, endLayer: 4, layers: ['dense_0'], memoryBytes: 36, microBatchMs: 1 };
};
const cut = (step: number) => ({ type: 'cut', step, snapshots: [entryOf(step, 0, 4)], agents: ['pi-1'], costMs: 3 });
const evaluated = (step: number) => {
  return { type: 'evaluated', step, loss: 0.5, metric: 'accuracy', value: 0.9, samples: 30 };
};
const RECORDS: readonly object[] = [
  { type: 'planned', generation: 0, plan: [entry('größe')] },
  { type: 'state', state: 'running' },
  { type: 'begun', generation: 0, step: 0 },
  cut(10),
  evaluated(12),
  { type: 'what a later version writes' },
  cut(20),
  cut(30),
  { type: 'warning', position: 1, code: 'connection', message: 'ein Ärgernis' },
  { type: 'lost', generation: 0, error: { code: 'run', message: 'pi-1' } },
  { type: 'state', state: 'recovering' },
  { type: 'planned', generation: 1, plan: [entry('pi-2')] },
  { type: 'begun', generation: 1, step: 20 },
  cut(40),
  evaluated(44),
  { type: 'state', state: 'finished' },
].map((each, at) => ({ time: time(at), ...each }));
const journalOf = (records: readonly object[]) => records.map((each) => `${JSON.stringify(each)}\n`).join('');
const JOURNAL = Buffer.from(journalOf(RECORDS));

describe('a run’s history', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
  });
  afterEach(() => folder.remove());

  it('is what its journal tells last', () => {
    const history = historyOf(JOURNAL.toString());
    expect(history).to.deep.include({ state: 'finished', generation: 1, startedAt: Date.parse(time(0)) });
    expect(history?.plan.map(({ agent }) => agent)).to.deep.equal(['pi-2']);
    expect(history?.cuts.map(({ step }) => step)).to.deep.equal([20, 40]); // 30 was undone
    expect(history?.evaluation?.step).to.equal(44);
    expect(history?.warnings).to.deep.equal([{ position: 1, code: 'connection', message: 'ein Ärgernis' }]);
  });

  it('knows whoever took part, and how the run was to end', () => {
    const error = { code: 'run', message: 'five times' };
    const ending = { time: time(20), type: 'ending', state: 'failed', error };
    const history = historyOf(journalOf([...RECORDS.slice(0, -1), ending]));
    expect(history?.ending).to.deep.equal({ state: 'failed', error });
    expect([...(history?.tookPart.keys() ?? [])]).to.deep.equal(['größe', 'pi-2']);
    expect(historyOf(JOURNAL.toString())?.ending).to.equal(null);
  });

  it('knows what the operator asked for last', () => {
    const asked = (...all: string[]) => {
      const records = all.map((what, at) => ({ time: time(at), type: 'asked', what }));
      return historyOf(journalOf([...RECORDS.slice(0, 1), ...records]))?.asked;
    };
    expect(asked()).to.equal(null);
    expect(asked('pause')).to.equal('pause');
    expect(asked('pause', 'resume')).to.equal('resume');
    expect(asked('pause', 'resume', 'stop')).to.equal('stop');
  });

  it('is none before there was a plan', () => {
    expect(historyOf('')).to.equal(null);
    expect(historyOf(journalOf(RECORDS.slice(1, 3)))).to.equal(null);
  });

  it('is that of the whole records, wherever the journal is cut, and goes on with the next one', async () => {
    const path = join(folder.path, 'journal');
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: JOURNAL.length }), async (length) => {
        await writeFile(path, JOURNAL.subarray(0, length));
        const lines = await mendLines(folder.path, 'journal');
        const whole = RECORDS.filter((_, at) => Buffer.byteLength(journalOf(RECORDS.slice(0, at + 1))) <= length);
        expect(lines).to.deep.equal(whole.map((each) => JSON.stringify(each)));
        expect(await readFile(path, 'utf8')).to.equal(journalOf(whole));
        expect(historyOf(lines.map((line) => `${line}\n`).join(''))).to.deep.equal(historyOf(journalOf(whole)));
        await appendFile(path, journalOf(RECORDS.slice(-1)));
        expect(await mendLines(folder.path, 'journal')).to.have.length(whole.length + 1);
      }),
    );
  });

  it('is read though bytes of it are spoilt, and nothing whole is cut off', async () => {
    const path = join(folder.path, 'journal');
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: JOURNAL.length - 2 }),
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        async (at, bytes) => {
          const spoilt = Buffer.from(JOURNAL);
          spoilt.set(bytes.subarray(0, JOURNAL.length - 1 - at), at);
          await writeFile(path, Buffer.concat([spoilt, Buffer.from('{"half')]));
          const lines = await mendLines(folder.path, 'journal');
          expect((await readFile(path)).equals(spoilt)).to.equal(true);
          historyOf(lines.map((line) => `${line}\n`).join(''));
        },
      ),
    );
  });

  it('has no lines where there is no file', async () => {
    expect(await mendLines(folder.path, 'none')).to.deep.equal([]);
  });
});
