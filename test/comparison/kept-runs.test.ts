// The comparison that comes with the project: what is kept of its runs is still read, comes to the same energy, and is what
// its tables show. Measured anew it may have other runs, and a report of an older program lacks what this one adds.

import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { cellsOf } from '../../comparison/cells.js';
import { limitsSchema } from '../../comparison/limits.js';
import { measureRun } from '../../comparison/measure.js';
import { readRawRun } from '../../comparison/raw-run.js';
import { recoveryResultSchema } from '../../comparison/recovery.js';
import { COLUMNS, cellText } from '../../comparison/report/columns.js';
import { tableOf } from '../../comparison/report/csv.js';
import { markdown } from '../../comparison/report/escape.js';
import { type RunResult, runResultSchema } from '../../comparison/result.js';
import { chooseTarget, type Target } from '../../comparison/target.js';
import { verdicts } from '../../comparison/verdicts.js';
import type { RunSpec } from '../../protocol/run-spec.js';

const FOLDER = resolve(import.meta.dirname, '../../../docs/comparison');
const RUNS = join(FOLDER, 'runs');

async function jsonIn(folder: string): Promise<{ name: string; value: unknown }[]> {
  const names = (await readdir(folder)).filter((name) => /^[\w-]+\.json$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({ name, value: JSON.parse(await readFile(join(folder, name), 'utf8')) })),
  );
}

function keyOf(contestant: unknown, boards: unknown, round: unknown): string {
  return `${contestant} ${boards} ${round}`;
}

describe('the runs that are kept of the comparison', () => {
  let results: RunResult[];
  let target: Target | null;
  let report: string;

  before(async () => {
    results = (await jsonIn(RUNS)).map(({ value }) => runResultSchema.parse(value));
    report = await readFile(join(FOLDER, 'report.md'), 'utf8');
    const asked = /^- Command: .*--target (\S+)/m.exec(report)?.[1];
    target = chooseTarget(cellsOf(results), asked === undefined ? undefined : Number(asked));
  });

  it('have the energy of the boards and of the master, modelled', async () => {
    const finished = results.filter(({ outcome }) => outcome === 'finished');
    expect(finished).not.to.have.length(0);
    for (const { contestant, boards, round, figures, definition } of finished) {
      const name = `${contestant}-${boards}-${round}`;
      const read = (ending: string) => readFile(join(RUNS, `${name}.${ending}`), 'utf8');
      expect(figures?.energy, name).to.include({ source: 'modelled', withMaster: true });
      const [metrics, journal, raw] = await Promise.all(['metrics.csv', 'journal.ndjson', 'figures.json'].map(read));
      const { batch } = (definition.spec as RunSpec).training;
      const again = measureRun(readRawRun({ metrics: metrics!, journal: journal!, figures: raw! }), batch);
      expect(again?.energy, name).to.deep.equal(figures?.energy);
      expect(again?.positions.map(({ joules }) => joules !== null)).to.deep.equal(Array(boards + 1).fill(true));
    }
  });

  it('are those of its CSV', async () => {
    const rows: Record<string, string>[] = parse(await readFile(join(FOLDER, 'results.csv')), { columns: true });
    expect(rows).to.have.length(results.length);
    const byKey = new Map(rows.map((row) => [keyOf(row.contestant, row.boards, row.round), row]));
    for (const result of results) {
      const row = byKey.get(keyOf(result.contestant, result.boards, result.round)) ?? {};
      const known = COLUMNS.filter(({ key }) => key in row);
      const expected = Object.fromEntries(known.map(({ key, of }) => [key, textOf(of(result, target))]));
      expect(row).to.deep.equal(expected);
    }
  });

  it('are those of its report', () => {
    const [head, ...rows] = tableBelow(report, '## All runs');
    expect(rows).to.have.length(results.length);
    const places = COLUMNS.map(({ title }) => head?.indexOf(title) ?? -1);
    const shown = new Map(rows.map((row) => [keyOf(row[0], row[1], row[2]), row]));
    for (const result of results) {
      const row = shown.get(keyOf(markdown(result.contestant), result.boards, result.round));
      for (const [index, column] of COLUMNS.entries()) {
        const place = places[index] as number;
        if (place >= 0) expect(row?.[place]).to.equal(markdown(cellText(column, result, target)));
      }
    }
  });

  it('give its verdicts', async function () {
    const [head] = tableBelow(report, '## All runs');
    if (!COLUMNS.every(({ title }) => head?.includes(title))) this.skip(); // an older program judged by other rules
    const limits = await readFile(join(FOLDER, 'limits.json'), 'utf8').then(JSON.parse, () => null);
    const recoveries = (await jsonIn(join(FOLDER, 'recovery'))).map(({ value }) => recoveryResultSchema.parse(value));
    const findings = {
      ...{ results, target, limits: limits && limitsSchema.parse(limits) },
      recovery: { results: recoveries, obstacle: null },
    };
    for (const { title, verdict } of verdicts(findings)) {
      const line = report.split('\n').find((each) => each.startsWith('| ') && each.includes(`| ${markdown(title)} |`));
      expect(line, title).to.match(new RegExp(`\\*\\*. ${verdict}\\*\\*`));
    }
  });
});

/** As it comes back from a CSV file. */
function textOf(value: string | number | null): string {
  const [[text = ''] = []] = parse(tableOf([[value, 'end']])) as string[][];
  return text;
}

/** Rows of cells, the head first, of the first table below a line. */
function tableBelow(text: string, line: string): string[][] {
  const lines = text
    .slice(text.indexOf(line))
    .split('\n')
    .filter((each) => each.startsWith('| '));
  return lines.filter((_, index) => index !== 1).map((each) => each.slice(2, -2).split(/ (?<!\\)\| /));
}
