// A fleet as a table: what each board is, and what it does.

import { FINAL_STATES } from '../../protocol/run-messages.js';
import type { BoardSnapshot, FleetSnapshot } from '../snapshot.js';
import { mebibytes, percent } from './format.js';
import { statusLine } from './plain-view.js';
import { renderTable } from './table.js';

const HEAD = ['board', 'state', 'phase', 'idle', 'run', 'engine', 'GFLOP/s', 'cap', 'memory', 'cores', 'hardware'];
/** Only where a board tells. */
const POWER = 'power';

export function renderFleet({ fleet, master, boards, runs }: FleetSnapshot, width: number): string {
  const online = Object.values(boards).filter(({ status }) => status?.state === 'online').length;
  const going = runs.filter(({ state }) => !FINAL_STATES.includes(state));
  const lines = [`fleet ${fleet}: master ${master}, ${online} of ${Object.keys(boards).length} boards online`];
  const hasPower = Object.values(boards).some(({ telemetry }) => telemetry?.power);
  const rows = Object.entries(boards).map(([agent, board]) => row(agent, board, hasPower));
  const head = hasPower ? [...HEAD, POWER] : HEAD;
  if (rows.length > 0) lines.push('', renderTable({ head, rows, elastic: 10, width, rightAligned: [3, 6, 7, 8, 9] }));
  if (going.length > 0) lines.push('', ...going.map(statusLine));
  return lines.join('\n');
}

function row(agent: string, { status, info, telemetry }: BoardSnapshot, hasPower: boolean): string[] {
  const isOnline = status?.state === 'online';
  const now = isOnline ? telemetry : undefined;
  return [
    agent,
    status?.state ?? 'unknown',
    now?.node?.phase ?? '–',
    percent(now?.node?.idleShare),
    now?.run ?? '–',
    info?.engine ?? '–',
    info?.gflops.toFixed(1) ?? '–',
    mebibytes(info?.memoryBytes),
    mebibytes(now?.rssBytes),
    info ? String(info.cores) : '–',
    info?.board ?? '–',
    ...(hasPower ? [power(now)] : []),
  ];
}

function power(telemetry: BoardSnapshot['telemetry']): string {
  return telemetry?.power ? `${telemetry.power.watts.toFixed(2)} W ${telemetry.power.source}` : '–';
}
