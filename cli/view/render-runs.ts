// The list of runs as a table, the newest last.

import { z } from 'zod';
import { type RunStatus, runStatusSchema } from '../../protocol/run-messages.js';
import { duration, figure, metricValue } from './format.js';
import { epochText } from './render.js';
import { renderTable } from './table.js';

/** What the master answers to `runs`. */
export const runsSchema = z.object({ runs: z.array(runStatusSchema) });

const HEAD = ['run', 'state', 'epoch', 'step', 'loss', 'held-out', 'time', 'folder'];

export function renderRuns(runs: readonly RunStatus[], width: number): string {
  if (runs.length === 0) return 'no runs';
  const rows = [...runs].sort((a, b) => a.startedAt - b.startedAt).map(row);
  return renderTable({ head: HEAD, rows, elastic: 7, width, rightAligned: [2, 3, 4, 6] });
}

function row(status: RunStatus): string[] {
  const { run, state, epoch, epochs, step, steps, loss, evaluation, elapsedSeconds, folder } = status;
  return [
    run,
    state,
    epochText(epoch, epochs),
    `${step}/${steps}`,
    figure(loss),
    evaluation ? `${metricValue(evaluation)} ${evaluation.metric}` : '–',
    duration(elapsedSeconds),
    folder,
  ];
}
