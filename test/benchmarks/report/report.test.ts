// One report in its three forms: whatever the form, each ratio stands beside its goal.

import { expect } from 'chai';
import { cellsOf } from '../../../benchmarks/report/cells.js';
import { toJson } from '../../../benchmarks/report/render-json.js';
import { renderMarkdown, updatePage } from '../../../benchmarks/report/render-markdown.js';
import { renderText } from '../../../benchmarks/report/render-text.js';
import type { Section } from '../../../benchmarks/report/report.js';
import { unmeasuredGoals, verdictOf } from '../../../benchmarks/report/report.js';
import { REPORT } from './sample-report.js';

const [SECTION] = REPORT.sections as [Section];

describe('a benchmark report', () => {
  it('judges what has a ratio and a goal', () => {
    expect(SECTION.rows.map((row) => verdictOf(row)?.met ?? null)).to.deep.equal([null, true, false]);
  });

  it('names the goals that no row was held against', () => {
    const ids = unmeasuredGoals(REPORT).map(({ id }) => id);
    expect(ids).to.deep.equal(['kernels/784-512-512-10/blas', 'kernels/784-512-512-10/wasm']);
  });

  it('leaves out columns that nobody filled, and keeps a dash where one row lacks a figure', () => {
    const { head, rows, figures } = cellsOf(SECTION);
    expect(head).to.deep.equal(['', 'samples/s', 'GFLOP/s', 'ratio (spread)', 'to', 'goal', 'met', 'note']);
    expect(rows[0]).to.deep.equal(['PyTorch', '20,000', '12.3', '', '', '', '', '']);
    expect(rows[2]).to.deep.equal(['blas', '24,000', '–', '1.20 (1.10–1.30)', 'PyTorch', '≥ 1.5', 'no', 'a | b']);
    expect(figures).to.deep.equal([1, 2]);
  });

  it('as text has machine, date, table, peers and what is missing', () => {
    const text = renderText(REPORT, 120);
    for (const part of ['Abacus, 2 cores, 8 GiB, Debian, kernel 6.1, Node v20.20.2', '2026-11-21', 'A training step'])
      expect(text).to.include(part);
    expect(text).to.match(/^wasm +16,000 +10\.0 +0\.80 \(0\.75–0\.90\) +PyTorch +≥ 0\.7 +yes$/m);
    expect(text).to.include('tfjs-wasm is not here. To measure it too: npm install it');
    expect(text).to.include('Goals that were not measured here:');
  });

  it('as JSON has the goal and the verdict beside each ratio', () => {
    const { sections, goalsNotMeasured } = JSON.parse(JSON.stringify(toJson(REPORT)));
    expect(sections[0].rows[1]).to.deep.include({ met: true, ratio: SECTION.rows[1]?.ratio });
    expect(sections[0].rows[1].goal).to.include({ atLeast: 0.7 });
    expect(sections[0].rows[0]).to.include({ met: null, goal: null });
    expect(goalsNotMeasured).to.have.length(2);
  });

  it('as Markdown has the command, and tables whose cells break nothing', () => {
    const markdown = renderMarkdown(REPORT);
    expect(markdown).to.include('```sh\nringtmp bench kernels\n```').and.to.include('Abacus');
    const table = markdown.split('\n').filter((line) => line.startsWith('|'));
    expect(table).to.have.length(2 + SECTION.rows.length);
    for (const line of table) expect(line.split(/(?<!\\)\|/)).to.have.length(10);
    expect(table[1]).to.equal('| --- | ---: | ---: | --- | --- | --- | --- | --- |');
  });
});

describe('the page of benchmarks', () => {
  const PAGE = '# Mine\n\nBefore.\n\n<!-- bench:kernels:begin -->\nold\n<!-- bench:kernels:end -->\n\nAfter.\n';

  it('is new where only what was measured anew', () => {
    const page = updatePage(PAGE, REPORT);
    expect(page).to.match(/^# Mine\n\nBefore\.\n\n<!-- bench:kernels:begin -->\n## A training step\n/);
    expect(page)
      .to.match(/<!-- bench:kernels:end -->\n\nAfter\.\n$/)
      .and.not.to.include('old');
  });

  it('stays the same when the same is measured again', () => {
    const page = updatePage(PAGE, REPORT);
    expect(updatePage(page, REPORT)).to.equal(page);
  });

  it('gets what it lacks at its end, and a title when it is empty', () => {
    expect(updatePage('# Mine\n', REPORT)).to.match(/^# Mine\n\n<!-- bench:kernels:begin -->/);
    expect(updatePage('', REPORT)).to.match(/^# Benchmarks\n\n<!-- bench:kernels:begin -->/);
  });
});
