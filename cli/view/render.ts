// A run as a picture: a pure function of what is known and of the terminal's width, in characters.

import { styleText } from 'node:util';
import cliProgress from 'cli-progress';
import type { PlanEntry } from '../../protocol/assignment.js';
import type { RunStatus } from '../../protocol/run-messages.js';
import { bytes, cut, duration, figure, metricValue, percent, rate, span } from './format.js';
import { figuresAt, type RunModel } from './run-model.js';
import { renderTable } from './table.js';

type Style = Parameters<typeof styleText>[0];
export type Paint = (style: Style, text: string) => string;
export const colored: Paint = (style, text) => styleText(style, text);
export const plain: Paint = (_style, text) => text;

const WIDEST_BAR = 60;
const STATE_STYLES: Partial<Record<RunStatus['state'], Style>> = {
  running: 'cyan',
  paused: 'yellow',
  finished: 'green',
  stopped: 'yellow',
  failed: 'red',
};

export function render(model: RunModel, width: number, paint: Paint = plain): string {
  const { status } = model;
  if (status === null) return [`${model.run}  waiting for the master`, ...notices(model, paint)].join('\n');
  const lines = [title(status, paint), progressLine(status, width), cut(figuresLine(model, status), width)];
  return [
    ...lines,
    ...notices(model, paint),
    ...warnings(status, width, paint),
    '',
    boardTable(model, status, width, paint),
  ].join('\n');
}

function title({ run, state, epoch, epochs }: RunStatus, paint: Paint): string {
  return `${paint('bold', run)}  ${paint(STATE_STYLES[state] ?? 'dim', state)}  epoch ${epochText(epoch, epochs)}`;
}

/** Epochs count from 0 on the wire, from 1 for people. */
export function epochText(epoch: number, epochs: number): string {
  return `${Math.min(epoch + 1, epochs)}/${epochs}`;
}

function progressLine({ step, steps, state, etaSeconds, elapsedSeconds }: RunStatus, width: number): string {
  const share = steps === 0 ? 0 : step / steps;
  const time = state === 'finished' ? `took ${duration(elapsedSeconds)}` : `ETA ${duration(etaSeconds)}`;
  const text = ` ${percent(share)}  step ${step}/${steps}  ${time}`;
  return bar(share, Math.min(WIDEST_BAR, Math.max(0, width - text.length))) + text;
}

function bar(share: number, size: number): string {
  const options = {
    barsize: size,
    barCompleteString: '█'.repeat(size),
    barIncompleteString: '░'.repeat(size),
    barGlue: '',
  };
  return cliProgress.Format.BarFormat(Math.min(1, share), options);
}

function figuresLine({ metrics }: RunModel, status: RunStatus): string {
  const { evaluation } = status;
  const heldOut = evaluation ? [`held-out ${evaluation.metric} ${metricValue(evaluation)}`] : [];
  const learning = metrics ? [`learning rate ${figure(metrics.learningRate)}`] : [];
  const speed = `${rate(status.samplesPerSecond)} samples/s`;
  return [`loss ${figure(status.loss)}`, ...heldOut, speed, ...learning].join('   ');
}

function notices({ connected, masterOnline, status, notice }: RunModel, paint: Paint): string[] {
  const lost = connected ? [] : [paint('yellow', 'The connection to the broker is lost; trying again.')];
  const gone = masterOnline ? [] : [paint('yellow', 'The master is not there; waiting for it.')];
  const failed = status?.error ? [paint('red', status.error.message)] : [];
  const waiting = notice === null ? [] : [paint('yellow', notice)];
  return [...lost, ...gone, ...failed, ...waiting];
}

/** One of many boards that warn of the same is enough, with what to do about it: the last. */
function warnings({ warnings: all = [] }: RunStatus, width: number, paint: Paint): string[] {
  const last = all.at(-1);
  if (last === undefined) return [];
  const others = all.length === 1 ? '' : `${all.length - 1} more before it: `;
  const lines = [`position ${last.position}: ${last.message}`, `${others}${last.remedy ?? ''}`];
  return lines.map((line) => paint('yellow', cut(line, width)));
}

const HEAD = ['#', 'board', 'layers', 'phase', 'idle', 'in', 'out'];
/** A node that is alone (`train --local`) has no neighbours to wait for or to send to: no figures either. */
export const COLUMNS_ALONE = 3;

function boardTable(model: RunModel, { plan }: RunStatus, width: number, paint: Paint): string {
  const columns = plan.length === 1 ? COLUMNS_ALONE : HEAD.length;
  return renderTable({
    head: HEAD.slice(0, columns),
    rows: plan.map((entry) => boardRow(entry, model).slice(0, columns)),
    elastic: 2,
    width,
    rightAligned: [4, 5, 6],
    paint: (head) => paint('dim', head),
  });
}

function boardRow(entry: PlanEntry, model: RunModel): string[] {
  const { position, agent, layers } = entry;
  const figures = figuresAt(model, entry);
  const who = position === 0 ? 'master' : agent;
  return [
    String(position),
    who,
    span(layers),
    figures?.phase ?? '–',
    percent(figures?.idleShare),
    bytes(figures?.bytesIn),
    bytes(figures?.bytesOut),
  ];
}
