// A forecast as text: both modes side by side, the ring's layers by board, and which mode to take.

import type { FittingMode, Forecast, ForecastRequest, ModeForecast } from '../../master/forecast.js';
import type { Recommendation } from '../../master/recommend.js';
import type { Simulated, SimulatedPosition } from '../../simulation/result.js';
import { bytes, milliseconds, percent, rate, span } from '../view/format.js';
import { renderTable } from '../view/table.js';
import type { ComparedRun } from './compared-run.js';
import { busiestLink, busiestMeasured, idleRange, joules } from './figures.js';
import type { MeasuredPosition, MeasuredRun } from './measured.js';

export interface ToldPlan {
  readonly request: ForecastRequest;
  readonly forecast: Forecast;
  readonly recommendation: Recommendation;
  readonly assumptions: readonly string[];
  readonly measured: ComparedRun | null;
  /** Between what is forecast and the run that was measured. */
  readonly differences: readonly string[];
}

const HUBS = { none: 'direct', master: 'through a hub on the master’s machine', apart: 'through a hub of its own' };

const MEASURED =
  'measured: the median step; all else over the whole run, with the evaluations that the forecast leaves out';

export function renderPlan(told: ToldPlan, width: number): string {
  const { request, forecast, recommendation, assumptions, measured, differences } = told;
  const { spec, boards, hub } = request;
  const title = `${spec.name}: forecast, modelled, for ${boards.length} boards; links ${HUBS[hub]}; a step is ${spec.training.batch} samples`;
  return [
    title,
    '',
    modes(forecast, measured, width),
    ...positions(forecast, measured, width),
    ...byteRule(forecast),
    ...(measured === null ? [] : [MEASURED]),
    ...differences.map((each) => `differs: ${each}`),
    ...assumptions.map((each) => `assumed: ${each}`),
    '',
    advice(recommendation),
    ...remedies(forecast),
  ].join('\n');
}

function advice({ mode, because }: Recommendation): string {
  return mode === null ? because : `take the ${mode}: ${because}`;
}

type Figure = readonly [name: string, of: (fit: FittingMode) => string, measured?: (run: ComparedRun) => string];

const FIGURES: readonly Figure[] = [
  ['step', ({ result }) => milliseconds(result.stepMs), ({ stepMs }) => milliseconds(stepMs)],
  ['samples/s', ({ result }) => rate(result.samplesPerSecond), (run) => rate(run.samplesPerSecond)],
  ['boards', ({ agents }) => String(agents.length - 1), (run) => String(boardsOf(run).length)],
  [
    'idle, boards',
    ({ result, agents }) => idleRange(result.positions.slice(1, agents.length)),
    (run) => idleRange(boardsOf(run)),
  ],
  [
    'idle, master',
    ({ result }) => percent(result.positions[0]?.idleShare),
    ({ positions }) => percent(positions.find(({ position }) => position === 0)?.idleShare),
  ],
  [
    'bytes a step',
    ({ result }) => bytes(result.bytes),
    ({ positions }) => bytes(positions.reduce((sum, { bytesOut }) => sum + bytesOut, 0)),
  ],
  ['frames a step', ({ result }) => rate(result.frames)],
  ['busiest link', ({ result, agents }) => busiestLink(result, agents), ({ busiest }) => busiestMeasured(busiest)],
  ['energy a step', ({ result }) => joules(result.joules), ({ positions }) => joules(sumOf(positions))],
];

function modes({ modes: { ring, star } }: Forecast, measured: ComparedRun | null, width: number): string {
  const cell = (forecast: ModeForecast, of: (fit: FittingMode) => string) =>
    forecast.fits ? of(forecast) : 'does not fit';
  const head = ['', 'ring', 'star', ...(measured ? [`measured ${measured.mode}`] : [])];
  const rows = FIGURES.map(([name, of, from]) => [
    name,
    cell(ring, of),
    cell(star, of),
    ...(measured ? [from?.(measured) ?? '–'] : []),
  ]);
  return renderTable({ head, rows, width, rightAligned: head.map((_, column) => column).slice(1) });
}

/** Those that told their figures at the end. */
function boardsOf({ positions }: MeasuredRun): readonly MeasuredPosition[] {
  return positions.filter(({ position }) => position > 0);
}

function sumOf(positions: readonly { readonly joules: number | null }[]): number {
  return positions.reduce((sum, { joules }) => sum + (joules ?? 0), 0);
}

/** Of the ring by position, and beside it what was measured. */
function positions({ modes }: Forecast, measured: MeasuredRun | null, width: number): string[] {
  const forecast = measured === null ? modes.ring : modes[measured.mode];
  if (!forecast.fits) return [];
  const { agents, layers, result } = forecast;
  const known = new Map(measured?.positions.map((each) => [each.position, each]));
  const rows = agents.map((agent, index) => {
    const {
      idleShare,
      upBytes,
      downBytes,
      upShare,
      downShare,
      joules: spent,
    } = result.positions[index] as SimulatedPosition;
    const links = [`${bytes(upBytes)} ${percent(upShare)}`, `${bytes(downBytes)} ${percent(downShare)}`];
    const own = known.get(index);
    const beside = measured ? [percent(own?.idleShare), bytes(own?.bytesOut), bytes(own?.bytesIn)] : [];
    return [
      String(index),
      agent,
      span(layers[index] ?? []),
      percent(idleShare),
      ...links,
      joules(spent),
      ...windowOf(result, index),
      ...beside,
    ];
  });
  const windows = 'windows' in result ? ['window'] : [];
  const beside = measured ? ['measured idle', 'up', 'down'] : [];
  const head = ['#', 'board', 'layers', 'idle', 'up a step', 'down a step', 'energy', ...windows, ...beside];
  return [
    '',
    renderTable({ head, rows, elastic: 2, width, rightAligned: head.map((_, column) => column).slice(3) }),
    '',
  ];
}

function windowOf(result: Simulated, position: number): string[] {
  return 'windows' in result ? [String((result.windows as readonly number[])[position])] : [];
}

function byteRule({ bytes: rule }: Forecast): string[] {
  if (rule === null) return [];
  const { ring, star, cutElements, parameters } = rule;
  const fewer = ring.crossing < star.crossing ? 'ring' : 'star';
  const count = (value: number) => value.toLocaleString('en-US');
  return [
    `bytes: the ${fewer} moves fewer: ring ${bytes(ring.crossing)} (${count(cutElements)} numbers a sample at its cuts), ` +
      `star ${bytes(star.crossing)} (${count(parameters)} parameters for each worker)`,
  ];
}

function remedies({ modes }: Forecast): string[] {
  return Object.entries(modes).flatMap(([mode, each]) =>
    each.fits ? [] : [`${mode}: ${each.reason}. ${each.remedy ?? ''}`.trim()],
  );
}
