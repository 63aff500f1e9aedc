// What a benchmark finds: sections of rows. A row's ratio says to what it is, and is judged by the goal of
// the row's id. The table, the JSON and the Markdown are three looks at this.

import { GOALS, type Goal, goalOf, isMet } from '../goals.js';
import type { Machine } from '../machine.js';
import type { Ratio } from '../statistics.js';

export interface Column {
  readonly key: string;
  /** With the unit. */
  readonly title: string;
  readonly digits?: number;
}

export interface Row {
  /** `kernels/784-128-64-10/wasm`: by this a goal finds it. */
  readonly id: string;
  readonly name: string;
  /** By the key of the column; what is missing could not be measured. */
  readonly values: Readonly<Record<string, number | null>>;
  readonly ratio: (Ratio & { readonly to: string }) | null;
  readonly note?: string;
}

/** What we are compared with, or how to install it. */
export interface PeerNote {
  readonly name: string;
  /** `null` where it is missing. */
  readonly about: string | null;
  readonly remedy: string;
}

export interface Section {
  readonly title: string;
  /** What was done, in a sentence or two, and what to keep in mind. */
  readonly about: readonly string[];
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly peers: readonly PeerNote[];
}

export interface GroupReport {
  readonly group: string;
  readonly command: string;
  readonly date: string;
  readonly machine: Machine;
  readonly sections: readonly Section[];
}

export interface Verdict {
  readonly goal: Goal;
  readonly met: boolean;
}

/** `null` for a row without a ratio or without a goal. */
export function verdictOf({ id, ratio }: Row): Verdict | null {
  const goal = goalOf(id);
  return goal === null || ratio === null ? null : { goal, met: isMet(goal, ratio.value) };
}

/** Goals of this group that no row could be held against. */
export function unmeasuredGoals({ group, sections }: GroupReport): readonly Goal[] {
  const judged = new Set(sections.flatMap(({ rows }) => rows.filter(verdictOf).map(({ id }) => id)));
  return GOALS.filter(({ id }) => id.startsWith(`${group}/`) && !judged.has(id));
}
