// A report for programs: as it is, with each row's goal and verdict beside its ratio.

import { type GroupReport, unmeasuredGoals, verdictOf } from './report.js';

export function toJson(report: GroupReport): object {
  const sections = report.sections.map((section) => ({
    ...section,
    rows: section.rows.map((row) => {
      const verdict = verdictOf(row);
      return { ...row, goal: verdict?.goal ?? null, met: verdict?.met ?? null };
    }),
  }));
  return { ...report, sections, goalsNotMeasured: unmeasuredGoals(report) };
}
