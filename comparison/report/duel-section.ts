// The figures behind the verdicts: each measure at each number of boards, the best of each kind beside the plain.

import type { Mode } from '../../protocol/run-spec.js';
import { type Duel, isEntry } from '../duels.js';
import { type Contest, rangeText, sideText, sourceText } from '../sentences.js';
import type { AimVerdict } from '../verdicts.js';
import { type Html, html } from './escape.js';
import type { Report } from './report.js';
import { duelsAbout } from './rule.js';
import type { Section } from './section.js';

export const DUELS_TITLE = 'Ring against star';

export function duelSection({ verdicts, findings }: Pick<Report, 'verdicts' | 'findings'>): Html {
  const once = contestsOf(verdicts);
  return html`<section aria-labelledby="figures">
<h2 id="figures">${DUELS_TITLE}</h2>
<p class="muted">${duelsAbout(findings.results)}</p>
<div class="cards">
${once.map(duelTable)}</div>
</section>`;
}

/** Those with something to compare, once each: two aims may rest on one measure. */
function contestsOf(verdicts: readonly AimVerdict[]): Contest[] {
  const contests = verdicts.flatMap((verdict) => verdict.contests).filter(({ best }) => best.some(isComparison));
  return [...new Map(contests.map((contest) => [contest.measure.key, contest])).values()];
}

const HEAD = ['boards', 'best ring', 'best star', 'plain ring', 'plain star'];

/** The same for Markdown. */
export function duelTables({ verdicts, findings }: Pick<Report, 'verdicts' | 'findings'>): Section {
  const tables = contestsOf(verdicts).map(({ measure, best, plain }) => {
    const cell = (duel: Duel, mode: Mode) =>
      `${duel.winner === mode ? '✓ ' : ''}${sideText(duel[mode], mode, measure)}`;
    const rows = best.map((duel, index) => {
      const duels = [duel, plain[index] as Duel];
      return [String(duel.boards), ...duels.flatMap((each) => [cell(each, 'ring'), cell(each, 'star')])];
    });
    return { caption: measure.title, head: HEAD, rows, texts: 0 };
  });
  return { id: 'figures', title: DUELS_TITLE, about: [duelsAbout(findings.results)], tables };
}

function isComparison({ winner }: Duel): boolean {
  return winner !== null;
}

function duelTable({ measure, best, plain }: Contest): Html {
  const rows = best.map((duel, index) => duelRow(duel, plain[index] as Duel, measure));
  return html`<div class="card scroll">
<table class="duels">
<caption>${measure.title}</caption>
<thead><tr>${HEAD.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>
</div>
`;
}

function duelRow(best: Duel, plain: Duel, measure: Contest['measure']): Html {
  const cells = [best, plain].flatMap((duel) => [sideCell(duel, 'ring', measure), sideCell(duel, 'star', measure)]);
  return html`<tr><th scope="row">${best.boards}</th>${cells}</tr>
`;
}

/** Who is better is said by a sign too, not by colour alone. */
function sideCell(duel: Duel, mode: Mode, measure: Contest['measure']): Html {
  const side = duel[mode];
  if (!isEntry(side)) return html`<td class="muted">${sideText(side, mode, measure)}</td>`;
  const isBetter = duel.winner === mode;
  const notes = [rangeText(side, measure), side.detail ?? ''].filter((note) => note !== '');
  return html`<td class="${isBetter ? `better ${mode}` : ''}">${isBetter ? '✓\u00a0' : ''}${measure.format(side.value.median)}${sourceText(side)}
<small>${side.contestant}${notes.map((note) => html`<br>${note}`)}</small></td>`;
}
