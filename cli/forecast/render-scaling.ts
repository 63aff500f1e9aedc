// What was simulated for each number of boards, as a table for people and as CSV for programs.

import type { FittingMode } from '../../master/forecast.js';
import { bytes, milliseconds, percent, rate } from '../view/format.js';
import { renderTable } from '../view/table.js';
import { busiestLink, idleRange, joules } from './figures.js';
import type { ScalingPoint, ScalingStudy } from './scaling.js';

const HEAD = [
  'mode',
  'boards',
  'batch',
  'step',
  'samples/s',
  'idle, boards',
  'bytes a step',
  'busiest link',
  'energy a sample',
];

export function renderScaling(
  { spec, profiles, masterProfile, hub, assumptions }: ScalingStudy,
  points: readonly ScalingPoint[],
  width: number,
): string {
  const fitting = points.flatMap((point) => (point.forecast.fits ? [rowOf(point, point.forecast)] : []));
  const others = points.flatMap(({ mode, boards, forecast }) =>
    forecast.fits ? [] : [`${mode} of ${boards}: ${forecast.reason}`],
  );
  const links = hub === 'none' ? 'direct links' : `frames through a hub (${hub})`;
  const master = masterProfile === undefined ? '' : `, master ${masterProfile}`;
  return [
    `${spec.name}: modelled, boards ${profiles}${master}, ${links}`,
    '',
    ...(fitting.length > 0
      ? [renderTable({ head: HEAD, rows: fitting, width, rightAligned: [1, 2, 3, 4, 5, 6, 7, 8] })]
      : []),
    ...others,
    ...assumptions.map((each) => `assumed: ${each}`),
  ].join('\n');
}

function rowOf({ mode, boards, batch }: ScalingPoint, { result, agents }: FittingMode): string[] {
  return [
    mode,
    String(boards),
    String(batch),
    milliseconds(result.stepMs),
    rate(result.samplesPerSecond),
    idleRange(result.positions.slice(1, agents.length)),
    bytes(result.bytes),
    busiestLink(result, agents),
    joules(result.joules / batch),
  ];
}

/** One figure of a point, for CSV and charts: a number, or null where the mode does not fit. */
export interface ScalingRow {
  readonly mode: string;
  readonly boards: number;
  readonly batch: number;
  readonly stepMs: number | null;
  readonly samplesPerSecond: number | null;
  /** Mean of the boards. */
  readonly idleShare: number | null;
  readonly bytesPerStep: number | null;
  readonly bytesPerSample: number | null;
  readonly busiestLink: string | null;
  readonly busiestLinkShare: number | null;
  readonly joulesPerSample: number | null;
  readonly reason: string | null;
}

export function scalingRow({ mode, boards, batch, forecast }: ScalingPoint): ScalingRow {
  const known = { mode, boards, batch };
  if (!forecast.fits) return { ...known, ...NOTHING, reason: forecast.reason };
  const { result, agents } = forecast;
  const idle = result.positions.slice(1, agents.length).map(({ idleShare }) => idleShare);
  const { position, direction, share } = result.busiest;
  return {
    ...known,
    stepMs: result.stepMs,
    samplesPerSecond: result.samplesPerSecond,
    idleShare: idle.reduce((sum, each) => sum + each, 0) / idle.length,
    bytesPerStep: result.bytes,
    bytesPerSample: result.bytes / batch,
    busiestLink: `${agents[position] ?? 'hub'} ${direction}`,
    busiestLinkShare: share,
    joulesPerSample: result.joules / batch,
    reason: null,
  };
}

const NOTHING = {
  stepMs: null,
  samplesPerSecond: null,
  idleShare: null,
  bytesPerStep: null,
  bytesPerSample: null,
  busiestLink: null,
  busiestLinkShare: null,
  joulesPerSample: null,
} as const;

export function scalingCsv(points: readonly ScalingPoint[]): string {
  const rows = points.map(scalingRow);
  const columns = Object.keys(rows[0] ?? {}) as (keyof ScalingRow)[];
  const line = (row: ScalingRow) => columns.map((column) => quoted(row[column])).join(',');
  return `${[columns.join(','), ...rows.map(line)].join('\n')}\n`;
}

function quoted(value: string | number | null): string {
  const text = value === null ? '' : String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Each position's link, for the largest fleet of each mode. */
export function renderLinks(points: readonly ScalingPoint[], width: number): string {
  const largest = new Map(points.flatMap((point) => (point.forecast.fits ? [[point.mode, point] as const] : [])));
  return [...largest.values()].map((point) => linksOf(point, point.forecast as FittingMode, width)).join('\n\n');
}

function linksOf({ mode, boards }: ScalingPoint, { result, agents }: FittingMode, width: number): string {
  const rows = result.positions.map(({ position, upBytes, downBytes, upShare, downShare, upFrames, downFrames }) => {
    const figures = [
      bytes(upBytes),
      percent(upShare),
      rate(upFrames),
      bytes(downBytes),
      percent(downShare),
      rate(downFrames),
    ];
    return [String(position), agents[position] ?? 'hub', ...figures];
  });
  const head = ['#', 'board', 'up a step', 'busy', 'frames', 'down a step', 'busy', 'frames'];
  return `${mode} of ${boards}\n${renderTable({ head, rows, width, rightAligned: [2, 3, 4, 5, 6, 7] })}`;
}
