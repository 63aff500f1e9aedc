// The summary of a run as text.

import { joulesIn } from '../../protocol/energy.js';
import { MOST_DRIFT, type NodeFigures } from '../../protocol/node-figures.js';
import {
  bytes,
  duration,
  figure,
  mebibytes,
  metricValue,
  milliseconds,
  percent,
  rate,
  seconds,
  span,
} from './format.js';
import { COLUMNS_ALONE, type Paint, plain } from './render.js';
import type { BoardSummary, EnergySummary, RunSummary } from './summary.js';
import { renderTable } from './table.js';

export function renderSummary(summary: RunSummary, width: number, paint: Paint = plain): string {
  const { run, state, steps, elapsedSeconds } = summary;
  const title = `${paint('bold', run)} ${state} after ${steps} steps, ${duration(elapsedSeconds)}`;
  const tables = ['', boards(summary, width, paint), ...pace(summary, width, paint)];
  return [title, ...results(summary, paint), ...tables, ...files(summary)].join('\n');
}

function results(summary: RunSummary, paint: Paint): string[] {
  const { evaluation, loss, samplesPerSecond, steps, elapsedSeconds, engine } = summary;
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
    ...sent(summary),
    ...energy(summary),
    ...emulated(summary, paint),
  ];
}

/** A run in one process sends nothing. */
function sent({ wire, bytesSent }: RunSummary): string[] {
  if (wire === null) return [];
  const { activations, gradients } = wire;
  const isExact = activations === 'f32' && gradients === 'f32';
  const as = isExact ? '' : `, activations as ${activations}, gradients as ${gradients}`;
  return [`  sent               ${bytes(bytesSent)}${as}`];
}

function energy({ energy, steps, boards }: RunSummary): string[] {
  if (energy === null) return [];
  const { joules, joulesPerSample, joulesPerEpoch, byPhase } = energy;
  const shares = [
    steps > 0 && `${figure(joules / steps)} J a step`,
    joulesPerSample !== null && `${figure(1000 * joulesPerSample)} mJ a sample`,
    joulesPerEpoch !== null && `${figure(joulesPerEpoch)} J an epoch`,
  ];
  const each = shares.map((share) => (share ? `, ${share}` : '')).join('');
  const phases = Object.entries(byPhase).map(([phase, share]) => `${phase} ${figure(share)} J`);
  return [
    `  energy             ${figure(joules)} J${each}, ${sourcesOf(energy)}${missing(energy, boards.length)}`,
    `                     ${phases.join(', ')}`,
  ];
}

function sourcesOf({ source, bySource }: EnergySummary): string {
  if (source !== 'mixed') return source;
  return Object.entries(bySource)
    .map(([each, joules]) => `${figure(joules)} J ${each}`)
    .join(' and ');
}

/** In a star the master is the server, and works. */
function missing({ positions, withMaster }: EnergySummary, all: number): string {
  if (positions === all) return '';
  if (!withMaster && positions === all - 1) return "; without the master's, which tells none";
  return `; of ${positions} of ${all} positions, the others do not tell`;
}

function emulated({ emulation }: RunSummary, paint: Paint): string[] {
  if (emulation === null) return [];
  const { profiles, dilation, drift } = emulation;
  const boards = [...new Set(profiles)].map((name) => `${profiles.filter((each) => each === name).length} ${name}`);
  const line = `  emulated           ${boards.join(', ')}; dilation ${dilation}, drift ${percent(drift, 1)}`;
  if (drift <= MOST_DRIFT) return [line];
  const advice = `  this computer was too slow for so many boards: use a larger --dilation than ${dilation}`;
  return [line, paint('yellow', advice)];
}

const HEAD = ['#', 'board', 'layers', 'idle', 'forward', 'backward', 'update', 'in', 'out', 'memory'];

interface Column {
  readonly title: string;
  readonly of: (board: BoardSummary) => string;
}

/** Only where there is something to tell. */
function furtherColumns(summary: RunSummary): Column[] {
  const energy = { title: 'energy', of: ({ node }: BoardSummary) => energyOf(node?.energy) };
  const links = { title: 'links', of: ({ node }: BoardSummary) => linkKinds(node?.links) };
  return [...(summary.energy === null ? [] : [energy]), ...(hasDirectLinks(summary) ? [links] : [])];
}

function boards(summary: RunSummary, width: number, paint: Paint): string {
  const isAlone = summary.boards.length === 1;
  const further = isAlone ? [] : furtherColumns(summary);
  const columns = isAlone ? COLUMNS_ALONE : HEAD.length;
  return renderTable({
    head: [...HEAD.slice(0, columns), ...further.map(({ title }) => title)],
    rows: summary.boards.map((board) => [...row(board).slice(0, columns), ...further.map(({ of }) => of(board))]),
    elastic: 2,
    width,
    rightAligned: [3, 4, 5, 6, 7, 8, 9],
    paint: (head) => paint('dim', head),
  });
}

function energyOf(energy: NodeFigures['energy']): string {
  return energy ? `${figure(joulesIn(energy))} J ${energy.source}` : '–';
}

function hasDirectLinks({ boards }: RunSummary): boolean {
  return boards.some(({ node }) => Object.values(node?.links ?? {}).includes('direct'));
}

/** Clockwise first, where the two are not of one kind. */
function linkKinds(links: NodeFigures['links']): string {
  if (links === undefined) return '–';
  return [...new Set(Object.values(links))].join(', ');
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

/** What the window follows from: the measured f + g and the link's c, at each position. */
function pace({ boards }: RunSummary, width: number, paint: Paint): string[] {
  if (boards.length === 1) return [];
  const rows = boards.map(({ position, agent, node }) => {
    const times = [milliseconds(node?.microBatchMs), milliseconds(node?.linkMs)];
    return [String(position), position === 0 ? 'master' : agent, ...times, String(node?.window ?? '–')];
  });
  const head = ['#', 'board', 'f + g', 'link to next', 'window'];
  return ['', renderTable({ head, rows, width, rightAligned: [2, 3, 4], paint: (text) => paint('dim', text) })];
}

function files({ modelFile, folder, state }: RunSummary): string[] {
  if (state === 'failed') return folder ? ['', `journal: ${folder}/journal.ndjson`] : [];
  return modelFile ? ['', `model: ${modelFile}`] : [];
}
