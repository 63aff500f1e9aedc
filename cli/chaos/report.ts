// What `chaos` shows of the faults: a table by kind, and a line for each as it is overcome.

import type { FaultSummary, JudgedFaults } from '../../comparison/faults.js';
import { duration } from '../view/format.js';
import { renderTable } from '../view/table.js';
import type { BatteredRun, BefallenFault } from './battered-run.js';

export interface JudgedRun extends BatteredRun, JudgedFaults {
  readonly faults: readonly BefallenFault[];
  /** Of its faults. */
  readonly seed: number;
}

export function renderReport(kinds: readonly FaultSummary[], standard: 'weights' | 'accuracy', width: number): string {
  const head = ['fault', 'times', 'median', 'worst', 'generations', 'steps again', `${standard} match`];
  const rows = kinds.map((each) => [
    each.kind,
    String(each.faults),
    time(each.medianMs),
    time(each.worstMs),
    String(each.generations),
    String(each.repeated),
    each.matching === each.faults ? 'all' : `${each.matching} of ${each.faults}`,
  ]);
  return renderTable({ head, rows, rightAligned: [1, 2, 3, 4, 5, 6], width });
}

/** A line for each, as it is overcome. */
export function faultLine(number: number, fault: BefallenFault): string {
  const { name, lastsMs, recoveryMs, generations, repeated } = fault;
  const what = `${fault.fault} ${name}${lastsMs > 0 ? ` for ${duration(lastsMs / 1000)}` : ''}`;
  const steps = repeated === 1 ? '1 step again' : `${repeated} steps again`;
  const outcome =
    generations === 0 ? `stood still for ${time(recoveryMs)}` : `went on after ${time(recoveryMs)}, ${steps}`;
  return `${String(number).padStart(3)}  ${what.padEnd(26)} ${outcome}`;
}

function time(ms: number | null): string {
  return duration(ms === null ? null : ms / 1000);
}
