// What was expected of each emulated run beside what came of it: how far the model, the simulator and the emulation
// agree, which is how far any of them is to be trusted.

import { percent, scaled } from '../format.js';
import * as measures from '../measures.js';
import type { RunResult } from '../result.js';
import type { Section } from './section.js';

const ABOUT =
  'Forecast: the same schedules in simulated time, without computing, evaluations left out. ' +
  'Measured: the median step; idle share and bytes over the whole run, evaluations included; ' +
  'energy too, from the source that it names.';

const HEAD = [
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
];

/** None where no boards were emulated. */
export function forecastSections(results: readonly RunResult[]): Section[] {
  const rows = rowsOf(results);
  if (rows.length === 0) return [];
  const table = { head: HEAD, rows, texts: 1 };
  return [{ id: 'forecast', title: 'Forecast and measurement', about: [ABOUT], tables: [table] }];
}

/** Of the runs that have both. */
function rowsOf(results: readonly RunResult[]): string[][] {
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

function milliseconds(ms: number): string {
  return `${ms.toPrecision(3)} ms`;
}
