// What `limits` prints: a line for each attempt on standard error and the table on standard output, for people; all
// of it as it happens, for programs.

import { boardsText } from '../../comparison/format.js';
import { type LimitAttempt, type LimitResult, type Limits, nextOf } from '../../comparison/limits.js';
import { largestModel } from '../../comparison/verdicts.js';
import { bytes, duration } from '../view/format.js';
import { renderTable } from '../view/table.js';
import type { Cell } from './grow.js';
import type { MemoryLimit } from './memory-limit.js';

export interface LimitsOutput {
  begin(limit: MemoryLimit, memoryBytes: number, width: number): void;
  attempt(cell: Cell, attempt: LimitAttempt): void;
  end(limits: Limits, file: string): void;
}

type Stream = Pick<NodeJS.WriteStream, 'write' | 'columns'>;

const USUAL_WIDTH = 120;
const HEAD = ['mode', 'boards', 'layers', 'parameters', 'weights', 'fails at', 'because'];

export function limitsOutput(stdout: Stream, stderr: Stream, json: boolean): LimitsOutput {
  if (json) return jsonOutput((value) => stdout.write(`${JSON.stringify(value)}\n`));
  return {
    begin: (limit, memoryBytes, width) => void stderr.write(`${conditionsText(limit, memoryBytes, width)}\n`),
    attempt: (cell, attempt) => void stderr.write(`${attemptText(cell, attempt)}\n`),
    end: (limits, file) => void stdout.write(`\n${report(limits, stdout.columns ?? USUAL_WIDTH)}\n\n${file}\n`),
  };
}

function jsonOutput(write: (value: object) => void): LimitsOutput {
  return {
    begin: ({ kind, how, idleBytes }, memoryBytes, layerWidth) =>
      write({ type: 'conditions', kind, how, memoryBytes, idleBytes, layerWidth }),
    attempt: (cell, attempt) => write({ type: 'attempt', ...cell, ...attempt }),
    end: (limits, file) => write({ type: 'limits', file, ...limits, ...verdictOf(limits) }),
  };
}

function conditionsText({ how, idleBytes }: MemoryLimit, memoryBytes: number, width: number): string {
  const idle = `an idle agent takes ${bytes(idleBytes)} of it`;
  return `Limit: ${bytes(memoryBytes)} a board (${how}); ${idle}. Layers of ${width} x ${width}; the master has no limit.`;
}

function attemptText({ mode, boards }: Cell, { layers, parameters, outcome, reason, seconds }: LimitAttempt): string {
  const size = `${layers} layers (${millions(parameters)} parameters)`;
  return `${mode}, ${boardsText(boards)}: ${size} ${outcome}, ${duration(seconds)}${reason === null ? '' : `: ${reason}`}`;
}

function report(limits: Limits, width: number): string {
  const rows = limits.results.map(rowOf);
  const table = renderTable({ head: HEAD, rows, rightAligned: [1, 2, 3, 4, 5], elastic: HEAD.length - 1, width });
  const { verdict, sentence } = verdictOf(limits);
  const judged = verdict === 'not measured' ? [] : ['', `Aim 5, the ring holds larger models: ${verdict}. ${sentence}`];
  return [table, ...judged].join('\n');
}

function rowOf(result: LimitResult): string[] {
  const { mode, boards, layers, parameters, weightBytes } = result;
  const next = nextOf(result);
  const failed = next === null ? ['', ''] : [String(next.layers), `${next.outcome}: ${next.reason}`];
  return [mode, String(boards), String(layers), parameters.toLocaleString('en-US'), bytes(weightBytes), ...failed];
}

function verdictOf(limits: Limits) {
  const { verdict, sentence } = largestModel({ limits });
  return { verdict, sentence };
}

function millions(count: number): string {
  return `${(count / 1e6).toFixed(1)} M`;
}
