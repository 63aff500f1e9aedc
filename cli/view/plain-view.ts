// A run as lines, for logs and pipes: one at each change of state and each evaluation (at most
// one a second), else every five seconds.

import type { RunStatus, Warning } from '../../protocol/run-messages.js';
import type { RunUpdate } from '../run-update.js';
import { duration, figure, metricValue, rate } from './format.js';
import { epochText } from './render.js';
import { renderSummary } from './render-summary.js';
import { summaryOf } from './summary.js';
import type { View } from './view.js';

export interface PlainViewOptions {
  readonly write: (text: string) => void;
  /** A clock that only goes forward, in milliseconds. */
  readonly nowMs: () => number;
}

const EVERY_MS = 5_000;
/** Epochs may last milliseconds. */
const EVALUATIONS_MS = 1_000;
const WIDTH = 120;

export function createPlainView({ write, nowMs }: PlainViewOptions): View {
  let lastMs = Number.NEGATIVE_INFINITY;
  let last: RunStatus | null = null;
  let warned = 0;
  const showStatus = (status: RunStatus): void => {
    const { warnings = [] } = status;
    for (const warning of warnings.slice(warned)) write(`warning: ${warningText(warning)}`);
    warned = Math.max(warned, warnings.length);
    if (nowMs() - lastMs < patienceMs(status, last)) return;
    lastMs = nowMs();
    last = status;
    write(statusLine(status));
  };
  return {
    show(_model, update) {
      if (update.type === 'status') showStatus(update.status);
      else for (const line of notices(update)) write(line);
    },
    end(model) {
      const summary = summaryOf(model);
      if (summary) write(`\n${renderSummary(summary, WIDTH)}`);
    },
    close: () => undefined,
  };
}

function patienceMs(status: RunStatus, last: RunStatus | null): number {
  if (status.state !== last?.state) return 0;
  return status.evaluation?.step === last.evaluation?.step ? EVERY_MS : EVALUATIONS_MS;
}

export function statusLine(status: RunStatus): string {
  const { run, state, epoch, epochs, step, steps, loss, evaluation, samplesPerSecond, etaSeconds } = status;
  const parts = [`${run} ${state}`, `epoch ${epochText(epoch, epochs)}`, `step ${step}/${steps}`];
  if (loss !== null) parts.push(`loss ${figure(loss)}`);
  if (evaluation) parts.push(`held-out ${evaluation.metric} ${metricValue(evaluation)}`);
  if (samplesPerSecond > 0) parts.push(`${rate(samplesPerSecond)} samples/s`);
  if (state === 'running' && etaSeconds !== null) parts.push(`ETA ${duration(etaSeconds)}`);
  return parts.join('  ');
}

function warningText({ position, message, remedy }: Warning): string {
  return `position ${position}: ${message}${remedy === undefined ? '' : `. ${remedy}`}`;
}

function notices(update: RunUpdate): string[] {
  if (update.type === 'connection') {
    return [update.connected ? 'connected to the broker again' : 'lost the connection to the broker; trying again'];
  }
  if (update.type === 'notice') return [update.text];
  return update.type === 'master' && update.status.state === 'offline' ? ['the master has gone; waiting for it'] : [];
}
