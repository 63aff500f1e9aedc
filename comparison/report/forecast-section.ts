// What was expected of each emulated run beside what came of it: how far the model, the simulator and the emulation
// agree, which is how far any of them is to be trusted.

import { percent, scaled } from '../format.js';
import * as measures from '../measures.js';
import type { RunResult } from '../result.js';
import { type Html, html } from './escape.js';

export const FORECAST_TITLE = 'Forecast and measurement';
export const FORECAST_ABOUT =
  'Forecast: the same schedules in simulated time, without computing, evaluations left out. ' +
  'Measured: the median step; idle share and bytes over the whole run, evaluations included; ' +
  'energy too, from the source that it names.';

export const FORECAST_HEAD = [
  'contestant',
  'boards',
  'step, forecast',
  'measured',
  'ratio',
  'idle, forecast',
  'measured',
  'bytes a step, forecast',
  'measured',
  'energy a step, forecast',
  'in the run',
] as const;

/** Of the runs that have both; none where no boards were emulated. */
export function forecastRows(results: readonly RunResult[]): string[][] {
  return results.flatMap(({ contestant, boards, forecast, figures }) => {
    if (forecast === null || figures?.stepMs == null) return [];
    const { steps, stepMs } = figures;
    const joules = measures.joules.of(figures, null);
    return [
      [
        contestant,
        String(boards),
        milliseconds(forecast.stepMs),
        milliseconds(stepMs),
        (stepMs / forecast.stepMs).toFixed(2),
        percent(forecast.idleShare),
        percent(measures.idleShare.of(figures, null)),
        scaled(forecast.bytesPerStep, 'B'),
        scaled((measures.bytesSent.of(figures, null) ?? 0) / steps, 'B'),
        scaled(forecast.joulesPerStep, 'J'),
        joules === null ? scaled(null, 'J') : `${scaled(joules / steps, 'J')} ${figures.energy?.source}`,
      ],
    ];
  });
}

export function forecastSection(results: readonly RunResult[]): Html | string {
  const rows = forecastRows(results);
  if (rows.length === 0) return '';
  const cells = (row: readonly string[]) =>
    row.map((cell, index) => html`<td class="${index === 0 ? 'text' : ''}">${cell}</td>`);
  return html`<section aria-labelledby="forecast">
<h2 id="forecast">${FORECAST_TITLE}</h2>
<p class="muted">${FORECAST_ABOUT}</p>
<div class="scroll" role="region" aria-labelledby="forecast" tabindex="0">
<table class="runs">
<thead><tr>${FORECAST_HEAD.map((title, index) => html`<th scope="col" class="${index === 0 ? 'text' : ''}">${title}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${cells(row)}</tr>\n`)}</tbody>
</table>
</div>
</section>`;
}

function milliseconds(ms: number): string {
  return `${ms.toPrecision(3)} ms`;
}
