// The summary of a run as text.

import { bytes, duration, figure, mebibytes, metricValue, percent, rate, seconds, span } from './format.js';
import { COLUMNS_ALONE, type Paint, plain } from './render.js';
import type { BoardSummary, RunSummary } from './summary.js';
import { renderTable } from './table.js';

export function renderSummary(summary: RunSummary, width: number, paint: Paint = plain): string {
  const { run, state, steps, elapsedSeconds } = summary;
  const title = `${paint('bold', run)} ${state} after ${steps} steps, ${duration(elapsedSeconds)}`;
  return [title, ...results(summary), '', boards(summary, width, paint), ...files(summary)].join('\n');
}

function results({ evaluation, loss, samplesPerSecond, steps, elapsedSeconds, engine }: RunSummary): string[] {
  const speed = steps > 0 && elapsedSeconds > 0 ? `, ${(steps / elapsedSeconds).toFixed(1)} steps/s` : '';
  const heldOut = evaluation
    ? [
        `  held-out ${evaluation.metric}  ${metricValue(evaluation)}  (${evaluation.samples} samples)`,
        `  held-out loss      ${figure(evaluation.loss)}`,
      ]
    : [];
  return [
    ...heldOut,
    `  training loss      ${figure(loss)}`,
    `  speed              ${rate(samplesPerSecond)} samples/s${speed}${engine === null ? '' : `, engine ${engine}`}`,
  ];
}

const HEAD = ['#', 'board', 'layers', 'idle', 'forward', 'backward', 'update', 'in', 'out', 'memory'];

function boards(summary: RunSummary, width: number, paint: Paint): string {
  const columns = summary.boards.length === 1 ? COLUMNS_ALONE : HEAD.length;
  return renderTable({
    head: HEAD.slice(0, columns),
    rows: summary.boards.map((board) => row(board).slice(0, columns)),
    elastic: 2,
    width,
    rightAligned: [3, 4, 5, 6, 7, 8, 9],
    paint: (head) => paint('dim', head),
  });
}

function row({ position, agent, layers, node, rssBytes }: BoardSummary): string[] {
  const busy = node?.seconds;
  return [
    String(position),
    position === 0 ? 'master' : agent,
    span(layers),
    percent(node?.idleShare),
    seconds(busy?.forward),
    seconds(busy?.backward),
    seconds(busy?.update),
    bytes(node?.bytesIn),
    bytes(node?.bytesOut),
    mebibytes(rssBytes),
  ];
}

function files({ modelFile, folder, state }: RunSummary): string[] {
  if (state === 'failed') return folder ? ['', `journal: ${folder}/journal.ndjson`] : [];
  return modelFile ? ['', `model: ${modelFile}`] : [];
}
