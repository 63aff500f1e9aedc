// The report as one page that opens anywhere, also without a network: the verdicts first, then what they rest on.

import { cellsOf } from '../cells.js';
import type { RunResult } from '../result.js';
import { type AimVerdict, basisOf } from '../verdicts.js';
import { COLUMNS, cellText, RAW_FILES } from './columns.js';
import { duelSection } from './duel-section.js';
import { type Html, html, trusted } from './escape.js';
import { forecastSections } from './forecast-section.js';
import { legend } from './legend.js';
import { limitsSections } from './limits-section.js';
import { recoverySections } from './recovery-section.js';
import type { DrawnGroup, Report } from './report.js';
import { ruleText, SIGNS } from './rule.js';
import { sectionHtml } from './section.js';
import { STYLE } from './style.js';
import { whySections } from './why-section.js';

/** Nothing may be loaded or run, whatever text came in. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

export function toHtml(report: Report): string {
  const { title, headline, warnings } = report;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<main>
<header>
<h1>${title}</h1>
<p class="headline">${headline}</p>
${warnings.map((warning) => html`<p class="warning">${warning}</p>\n`)}</header>
${verdictSection(report)}
${factSection(report)}
${sectionHtml(legend(report.findings.results))}${duelSection(report)}
${whySections(cellsOf(report.findings.results)).map(sectionHtml)}${recoverySections(report.findings.recovery).map(sectionHtml)}${limitsSections(report.findings.limits).map(sectionHtml)}${report.groups.map(chartSection)}${forecastSections(report.findings.results).map(sectionHtml)}
${runSection(report)}
</main>
</body>
</html>
`.text;
}

function verdictSection({ verdicts, findings }: Report): Html {
  const basis = basisOf(findings.results);
  return html`<section aria-labelledby="verdicts">
<h2 id="verdicts">The paper’s aims</h2>
<table class="verdicts">
<thead><tr><th scope="col">What the paper claims of the ring</th><th scope="col">Verdict</th><th scope="col">What the figures say</th></tr></thead>
<tbody>
${verdicts.map(verdictRow)}</tbody>
</table>
<p class="muted">${ruleText(findings.results)} ${basis}</p>
</section>`;
}

function verdictRow({ aim, title, verdict, plain, summary }: AimVerdict): Html {
  return html`<tr id="aim-${aim}">
<th scope="row"><span class="number">${aim}</span>${title}</th>
<td><span class="badge ${verdict.replaceAll(' ', '-')}">${SIGNS[verdict]}</span>${plain === null ? '' : html`<span class="beside">plain: ${SIGNS[plain]}</span>`}</td>
<td>${summary}</td>
</tr>
`;
}

function factSection({ facts }: Report): Html {
  const rows = facts.map(([label, text]) => {
    return html`<dt>${label}</dt><dd>${label === 'Command' ? html`<code>${text}</code>` : text}</dd>\n`;
  });
  return html`<section aria-labelledby="facts">
<h2 id="facts">How this was measured</h2>
<dl class="facts">
${rows}</dl>
</section>`;
}

function chartSection({ title, charts }: DrawnGroup): Html {
  const figures = charts.map(
    ({ name, title, about, svg }) => html`<figure id="${name}">
<figcaption><h3>${title}</h3><p class="muted">${about}</p></figcaption>
${named(svg, `${title}. ${about}`)}
</figure>
`,
  );
  return html`<section>
<h2>${title}</h2>
<div class="charts">
${figures}</div>
</section>
`;
}

/** One picture with a name, to who reads with their ears. */
function named(svg: string, name: string): Html {
  return trusted(svg.replace('<svg ', () => html`<svg role="img" aria-label="${name}" `.text));
}

function runSection({ findings: { results, target } }: Report): Html {
  const head = COLUMNS.map(({ key, title }) => html`<th scope="col" class="${classOf(key)}">${title}</th>`);
  const rows = results.map((result) => {
    const cells = COLUMNS.map(
      (column) => html`<td class="${classOf(column.key)}">${cellText(column, result, target)}</td>`,
    );
    return html`<tr>${cells}<td class="text files">${filesOf(result)}</td></tr>\n`;
  });
  return html`<section aria-labelledby="runs">
<h2 id="runs">All runs</h2>
<div class="scroll" role="region" aria-labelledby="runs" tabindex="0">
<table class="runs">
<thead><tr>${head}<th scope="col" class="text files">files</th></tr></thead>
<tbody>
${rows}</tbody>
</table>
</div>
<p class="muted">The same as <a href="results.csv">CSV</a>, without rounding; the report <a href="report.md">in Markdown</a>.</p>
</section>`;
}

const TEXTS = ['contestant', 'outcome', 'energySource', 'energyMaster'];

function classOf(key: string): string {
  if (key === 'reason') return 'text reason';
  return TEXTS.includes(key) ? 'text' : 'figure';
}

function filesOf(result: RunResult): Html {
  const name = `runs/${result.contestant}-${result.boards}-${result.round}`;
  const raw =
    result.figures === null ? [] : RAW_FILES.map(([ending, what]) => html`, <a href="${name}.${ending}">${what}</a>`);
  return html`<a href="${name}.json">JSON</a>${raw}`;
}
