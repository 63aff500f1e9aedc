import { expect } from 'chai';
import { renderChart } from '../../charts/chart.js';
import { darkRules, standalone } from '../../charts/theme.js';
import { chartGroups } from '../../comparison/report/chart-groups.js';
import { UNTRIED } from '../comparison/sample-recovery.js';
import { sampleResult } from '../comparison/sample-results.js';

const BARS = {
  data: { values: [{ name: '<b>', height: 3 }] },
  mark: 'bar',
  encoding: { x: { field: 'name', type: 'nominal' }, y: { field: 'height', type: 'quantitative' } },
} as const;

describe('charts', function () {
  this.timeout(30_000);

  it('are SVG, with all text escaped', async () => {
    const svg = await renderChart(BARS);
    expect(svg)
      .to.match(/^<svg [^>]*viewBox=/)
      .and.to.include('&lt;b&gt;');
    expect(svg).not.to.include('<b>');
  });

  it('are dark in a file of their own, where its reader is', async () => {
    const file = standalone(await renderChart(BARS));
    expect(file).to.match(/^<svg [^>]*><style>@media \(prefers-color-scheme:dark\)/);
  });

  it('of a comparison can all be drawn, in colours that have a dark twin', async () => {
    const results = [1, 2].flatMap((boards) =>
      ['ring', 'star', 'ring-async', 'star-ssp'].map((contestant) => sampleResult({ contestant, boards })),
    );
    const groups = chartGroups({
      results,
      target: { metric: 'accuracy', value: 0.95, why: '' },
      limits: null,
      recovery: UNTRIED,
    });
    const charts = groups.flatMap((group) => group.charts);
    expect(new Set(charts.map(({ name }) => name)).size).to.equal(charts.length);
    for (const { name, spec } of charts) {
      const svg = await renderChart(spec);
      expect(svg, name).not.to.match(/NaN|undefined/);
      const colours = [...svg.matchAll(/(?:fill|stroke)="(#\w+)"/g)].map((match) => match[1] as string);
      for (const colour of new Set(colours)) expect(darkRules(), `${name} ${colour}`).to.include(colour);
    }
  });
});
