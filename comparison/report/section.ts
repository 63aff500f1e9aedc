// A part of a report that is words, terms and tables: said once, written as HTML and as Markdown.

import { type Html, html, markdown } from './escape.js';

export interface Table {
  readonly caption?: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** How many columns from the left are text; the others are figures. */
  readonly texts: number;
}

export interface Section {
  /** Of the page: where a link leads. */
  readonly id: string;
  readonly title: string;
  readonly about: readonly string[];
  readonly terms?: readonly (readonly [term: string, meaning: string])[];
  readonly tables: readonly Table[];
  /** The last words, with links to what there is besides. */
  readonly ends?: readonly (string | Link)[];
}

export interface Link {
  readonly text: string;
  /** From the report's folder. */
  readonly to: string;
}

export function sectionHtml({ id, title, about, terms = [], tables, ends = [] }: Section): Html {
  const rows = terms.map(([term, meaning]) => html`<dt>${term}</dt><dd>${meaning}</dd>\n`);
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${about.map((text) => html`<p>${text}</p>\n`)}${rows.length === 0 ? '' : html`<dl class="facts">\n${rows}</dl>\n`}${tables.map(
  (table) => tableHtml(table, id),
)}${ends.length === 0 ? '' : html`<p class="muted">${ends.map(endHtml)}</p>\n`}</section>
`;
}

function endHtml(end: string | Link): Html {
  return typeof end === 'string' ? html`${end}` : html`<a href="${end.to}">${end.text}</a>`;
}

function tableHtml({ caption, head, rows, texts }: Table, id: string): Html {
  const classOf = (index: number) => (index < texts ? 'text' : '');
  const cells = (row: readonly string[]) => row.map((cell, index) => html`<td class="${classOf(index)}">${cell}</td>`);
  return html`<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0">
<table class="runs">
${caption === undefined ? '' : html`<caption>${caption}</caption>\n`}<thead><tr>${head.map((text, index) => html`<th scope="col" class="${classOf(index)}">${text}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${cells(row)}</tr>\n`)}</tbody>
</table>
</div>
`;
}

export function sectionMarkdown({ title, about, terms = [], tables, ends = [] }: Section): string {
  const meanings = terms.map(([term, meaning]) => `- **${markdown(term)}**: ${markdown(meaning)}`).join('\n');
  const last = ends
    .map((end) => (typeof end === 'string' ? markdown(end) : `[${markdown(end.text)}](${end.to})`))
    .join('');
  const parts = [`## ${title}`, ...about.map(markdown), meanings, ...tables.map(tableMarkdown), last];
  return parts.filter((part) => part !== '').join('\n\n');
}

function tableMarkdown({ caption, head, rows, texts }: Table): string {
  const rule = head.map((_, index) => (index < texts ? '---' : '---:'));
  const lines = [head.map(markdown), rule, ...rows.map((row) => row.map(markdown))];
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return caption === undefined ? table : `### ${markdown(caption)}\n\n${table}`;
}
