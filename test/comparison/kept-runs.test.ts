// The comparison that comes with the project: what is kept of its runs is still read, and comes to the same energy.

import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { measureRun } from '../../comparison/measure.js';
import { readRawRun } from '../../comparison/raw-run.js';
import { runResultSchema } from '../../comparison/result.js';

const RUNS = resolve(import.meta.dirname, '../../../docs/comparison/runs');

describe('the runs that are kept of the comparison', () => {
  it('have the energy of the boards and of the master, modelled', async () => {
    const names = (await readdir(RUNS)).filter((name) => /^[\w-]+\.json$/.test(name));
    expect(names).to.have.length(16);
    for (const name of names) {
      const read = (ending: string) => readFile(join(RUNS, name.replace('json', ending)), 'utf8');
      const { figures, definition } = runResultSchema.parse(JSON.parse(await read('json')));
      expect(figures?.energy, name).to.include({ source: 'modelled', withMaster: true });
      const [metrics, journal, raw] = await Promise.all(['metrics.csv', 'journal.ndjson', 'figures.json'].map(read));
      const again = measureRun(readRawRun({ metrics: metrics!, journal: journal!, figures: raw! }), 64);
      expect(again?.energy, name).to.deep.equal(figures?.energy);
      expect(again?.positions.map(({ joules }) => joules !== null)).to.deep.equal(
        Array(definition.boards + 1).fill(true),
      );
    }
  });
});
