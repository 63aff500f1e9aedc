// What is told of each run in the table of all runs, and in the CSV file.

import { percent, plainFigure } from '../format.js';
import type { Measure } from '../measures.js';
import * as measures from '../measures.js';
import type { RunFigures, RunResult } from '../result.js';
import type { Target } from '../target.js';

/** Of a run that finished: the endings of their names, and what they are called. */
export const RAW_FILES = [
  ['metrics.csv', 'metrics'],
  ['figures.json', 'figures'],
  ['journal.ndjson', 'journal'],
] as const;

export interface Column {
  /** In the CSV file. */
  readonly key: string;
  readonly title: string;
  readonly of: (result: RunResult, target: Target | null) => string | number | null;
  /** Of what `of` found, and never of null. */
  readonly format: (value: string | number, metric: string) => string;
}

export const COLUMNS: readonly Column[] = [
  told('contestant', 'contestant', ({ contestant }) => contestant),
  told('boards', 'boards', ({ boards }) => boards),
  told('round', 'round', ({ round }) => round),
  told('outcome', 'outcome', ({ outcome }) => outcome),
  {
    key: 'finalMetric',
    title: 'final metric',
    of: ({ figures }) => figures?.evaluations.at(-1)?.value ?? null,
    format: (value, metric) => measures.finalMetric(metric).format(Number(value)),
  },
  ofFigures('finalTrainingLoss', 'loss', ({ curve }) => curve.at(-1)?.loss ?? null, plainFigure),
  measured(measures.secondsToTarget, 'to target'),
  ofFigures('seconds', 'in all', ({ seconds }) => seconds, measures.secondsToTarget.format),
  measured(measures.idleShare, 'idle'),
  measured(measures.busiestWorkerIdleShare, 'idle, busiest worker'),
  measured(measures.idlestShare, 'idle, idlest worker'),
  measured(measures.joulesToTarget, 'energy to target'),
  measured(measures.joules, 'energy'),
  told('energySource', 'energy source', ({ figures }) => figures?.energy?.source ?? null),
  told('energyMaster', 'energy of the master', ({ figures }) => masterText(figures?.energy ?? null)),
  measured(measures.bytesSent, 'bytes sent'),
  measured(measures.busiestLinkBytes, 'busiest link'),
  measured(measures.samplesPerSecond, 'throughput'),
  measured(measures.peakRssBytes, 'peak memory'),
  ofFigures('meanStaleness', 'staleness', meanStaleness, plainFigure),
  ofFigures('dilation', 'dilation', ({ emulated }) => emulated?.dilation ?? null, plainFigure),
  ofFigures('drift', 'drift', ({ emulated }) => emulated?.drift ?? null, percent),
  ofFigures('overdue', 'overdue', ({ emulated }) => emulated?.overdue ?? null, percent),
  {
    ...told('wallSeconds', 'wall time', (result) => result.wallSeconds),
    format: (value) => `${plainFigure(Number(value))} s`,
  },
  told('reason', 'reason', ({ reason }) => reason),
];

function told(key: string, title: string, of: Column['of']): Column {
  return { key, title, of, format: String };
}

function ofFigures(
  key: string,
  title: string,
  of: (figures: RunFigures) => number | null,
  format: (value: number) => string,
): Column {
  return { key, title, of: ({ figures }) => figures && of(figures), format: (value) => format(Number(value)) };
}

function measured(measure: Measure, title: string): Column {
  const of: Column['of'] = ({ figures }, target) => figures && measure.of(figures, target);
  return { key: measure.key, title, of, format: (value) => measure.format(Number(value)) };
}

function masterText(energy: RunFigures['energy']): string | null {
  return energy && (energy.withMaster ? 'counted' : 'left out');
}

/** Of the positions that apply gradients; a ring's boards and a star's server. */
function meanStaleness({ positions }: RunFigures): number | null {
  const known = positions.flatMap(({ staleness }) => staleness?.mean ?? []);
  return known.length === 0 ? null : known.reduce((total, each) => total + each, 0) / known.length;
}

export function cellText({ of, format }: Column, result: RunResult, target: Target | null): string {
  const value = of(result, target);
  return value === null ? '–' : format(value, result.figures?.metric ?? 'accuracy');
}
