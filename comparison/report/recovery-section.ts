// How ring and star got over the same faults, side by side: the table behind the verdict on the fourth aim, and its CSV.

import { type FaultSummary, summariesOf } from '../faults.js';
import { list } from '../format.js';
import type { Recovery, RecoveryResult } from '../recovery.js';
import { matchText, seconds } from '../resilience.js';
import { tableOf } from './csv.js';
import type { Link, Section } from './section.js';

const HEAD = [
  'fault',
  'contestant',
  'times',
  'median',
  'worst',
  'steps again',
  'generations',
  'in runs that ended as undisturbed',
];

/** None where nothing was measured. */
export function recoverySections({ results }: Recovery): Section[] {
  const [first] = results;
  if (first === undefined) return [];
  const files = results.flatMap((result, index) => [index === 0 ? '' : ', ', linkOf(result)]);
  const ends = ['Each fault as ', { text: 'CSV', to: 'recovery.csv' }, '; all that is known of them: ', ...files, '.'];
  const tables = [{ head: HEAD, rows: rowsOf(results), texts: 2 }];
  return [{ id: 'recovery', title: 'Recovery', about: aboutOf(first, results), tables, ends }];
}

function linkOf({ contestant, boards }: RecoveryResult): Link {
  return { text: contestant, to: `recovery/${contestant}-${boards}.json` };
}

function aboutOf(first: RecoveryResult, results: readonly RecoveryResult[]): string[] {
  const { boards, definition, machine, command } = first;
  const days = [...new Set(results.map(({ startedAt }) => startedAt.slice(0, 10)))];
  return [
    `Processes of this computer, a master and ${boards} boards, not emulated: one was killed, the next one ` +
      `${definition.everyMs / 1000} s after the run had recovered, in the same sequence for all, and started again at once, ` +
      'as a supervisor would. Median and worst: how long no new step came, the restart of Node.js included.',
    ...results.map(endText),
    `Measured on ${machine}, ${list(days)}, by ${command}`,
  ];
}

function endText(result: RecoveryResult): string {
  const { contestant, runs, stretch, undisturbed } = result;
  const failures = runs.flatMap(({ failure }) => failure ?? []);
  const long = stretch === 1 ? 'as long as the run file says' : `${stretch} times as long as the run file says`;
  const many = runs.length === 1 ? 'one run' : `${runs.length} runs`;
  const ends = failures.length > 0 ? `did not finish: ${list(failures)}` : `${matchText(result)} as undisturbed`;
  return `${contestant}: ${many}, ${long}; ${undisturbed.steps} steps in ${seconds(undisturbed.seconds * 1000)} undisturbed; ${ends}.`;
}

/** Kind by kind, the contestants beside each other; all faults at the end. */
function rowsOf(results: readonly RecoveryResult[]): string[][] {
  const summaries = results.map(({ contestant, runs }) => ({ contestant, kinds: summariesOf(runs) }));
  const kinds = [...new Set(summaries.flatMap(({ kinds }) => kinds.slice(0, -1).map(({ kind }) => kind)))].sort();
  return [...kinds, 'all'].flatMap((kind) =>
    summaries.flatMap(({ contestant, kinds }) => {
      const found = kinds.find((each) => each.kind === kind);
      return found ? [rowOf(contestant, found)] : [];
    }),
  );
}

function rowOf(contestant: string, { kind, faults, matching, ...figures }: FaultSummary): string[] {
  const { medianMs, worstMs, repeated, generations } = figures;
  const matches = matching === faults ? 'all' : `${matching} of ${faults}`;
  return [
    ...[kind, contestant, String(faults), seconds(medianMs), seconds(worstMs)],
    ...[String(repeated), String(generations), matches],
  ];
}

/** A line for each fault, in the order in which they came. */
export function recoveryCsv({ results }: Recovery): string {
  const head = ['contestant', 'boards', 'run', 'fault', 'member', 'name', 'lastsMs', 'recoveryMs', 'generations'];
  const rows = results.flatMap(({ contestant, boards, runs }) =>
    runs.flatMap(({ faults, matches }, run) =>
      faults.map(({ fault, member, name, lastsMs, recoveryMs, generations, repeated }) => [
        ...[contestant, boards, run + 1, fault, member, name, lastsMs, recoveryMs, generations, repeated],
        matches ? 'yes' : 'no',
      ]),
    ),
  );
  return tableOf([[...head, 'repeated', 'matches'], ...rows]);
}
