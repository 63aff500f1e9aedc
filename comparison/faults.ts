// What came of the faults that befell runs: by kind how many, how long a run stood still, how many steps were done again, and
// whether the runs that they befell ended as they should.

import { median } from '../benchmarks/statistics.js';

/** What one fault did to a run. */
export interface FaultFigures {
  readonly fault: string;
  /** Whom it befell: `agent`, `master`, `broker`. */
  readonly member: string;
  /** The longest time without a new step; null where none came after it. */
  readonly recoveryMs: number | null;
  readonly generations: number;
  /** Steps that were done more than once. */
  readonly repeated: number;
}

export interface JudgedFaults {
  readonly faults: readonly FaultFigures[];
  /** The run finished, with the weights or the accuracy of the undisturbed one. */
  readonly matches: boolean;
}

export interface FaultSummary {
  readonly kind: string;
  readonly faults: number;
  readonly medianMs: number | null;
  readonly worstMs: number | null;
  readonly generations: number;
  readonly repeated: number;
  /** Faults in runs that ended as they should. */
  readonly matching: number;
}

export const ALL = 'all';

export function nameOfKind({ fault, member }: Pick<FaultFigures, 'fault' | 'member'>): string {
  return `${fault} ${member}`;
}

/** By name; all of them together at the end. */
export function summariesOf(runs: readonly JudgedFaults[]): FaultSummary[] {
  const all = runs.flatMap(({ faults, matches }) => faults.map((fault) => ({ ...fault, matches })));
  const kinds = [...new Set(all.map(nameOfKind))].sort();
  const of = (kind: string) => all.filter((fault) => nameOfKind(fault) === kind);
  return [...kinds.map((kind) => summary(kind, of(kind))), summary(ALL, all)];
}

function summary(kind: string, faults: readonly (FaultFigures & { matches: boolean })[]): FaultSummary {
  const times = faults.flatMap(({ recoveryMs }) => recoveryMs ?? []);
  const sum = (of: (fault: FaultFigures) => number) => faults.reduce((total, fault) => total + of(fault), 0);
  return {
    kind,
    faults: faults.length,
    medianMs: times.length === 0 ? null : median(times),
    worstMs: times.length === 0 ? null : Math.max(...times),
    generations: sum(({ generations }) => generations),
    repeated: sum(({ repeated }) => repeated),
    matching: faults.filter(({ matches }) => matches).length,
  };
}
