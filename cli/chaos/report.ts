// What came of all faults: by kind, how many, how long until the run went on, how many steps were done again, and whether
// the runs that they befell ended as they should.

import { duration } from '../view/format.js';
import { renderTable } from '../view/table.js';
import type { BatteredRun, BefallenFault } from './battered-run.js';

export interface JudgedRun extends BatteredRun {
  /** Of its faults. */
  readonly seed: number;
  /** It finished, with the weights or the accuracy of the undisturbed one. */
  readonly matches: boolean;
}

export interface KindReport {
  readonly kind: string;
  readonly faults: number;
  readonly medianMs: number | null;
  readonly worstMs: number | null;
  readonly generations: number;
  readonly repeated: number;
  /** Faults in runs that ended as they should. */
  readonly matching: number;
}

export function nameOfKind({ fault, member }: Pick<BefallenFault, 'fault' | 'member'>): string {
  return `${fault} ${member}`;
}

/** In the order in which they first came; all of them together at the end. */
export function reportOn(runs: readonly JudgedRun[]): KindReport[] {
  const all = runs.flatMap(({ faults, matches }) => faults.map((fault) => ({ ...fault, matches })));
  const kinds = [...new Set(all.map(nameOfKind))].sort();
  const of = (kind: string) => all.filter((fault) => nameOfKind(fault) === kind);
  return [...kinds.map((kind) => summary(kind, of(kind))), summary('all', all)];
}

function summary(kind: string, faults: readonly (BefallenFault & { matches: boolean })[]): KindReport {
  const times = faults.flatMap(({ recoveryMs }) => recoveryMs ?? []).sort((a, b) => a - b);
  const sum = (of: (fault: BefallenFault) => number) => faults.reduce((total, fault) => total + of(fault), 0);
  return {
    kind,
    faults: faults.length,
    medianMs: median(times),
    worstMs: times.at(-1) ?? null,
    generations: sum(({ generations }) => generations),
    repeated: sum(({ repeated }) => repeated),
    matching: faults.filter(({ matches }) => matches).length,
  };
}

/** @param sorted from the least */
function median(sorted: readonly number[]): number | null {
  if (sorted.length === 0) return null;
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1] as number, sorted[Math.floor(middle)] as number];
  return (low + high) / 2;
}

export function renderReport(kinds: readonly KindReport[], standard: 'weights' | 'accuracy', width: number): string {
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
