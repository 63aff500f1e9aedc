// Where a comparison's energy comes from, in words: measured, modelled, simulated or some of each, and whether the
// master's is in it. In a star the master is the server, so leaving it out is never left unsaid.

import { list } from './format.js';
import type { RunFigures, RunResult } from './result.js';

type Energy = NonNullable<RunFigures['energy']>;

/** `energy modelled`, `energy measured without the master’s (ring) and mixed (star)`; none where no run knows any. */
export function energySources(results: readonly RunResult[]): string | null {
  const kinds = kindsText(results);
  return kinds === null ? null : `energy ${kinds}`;
}

/** For the facts of a report. */
export function energyText(results: readonly RunResult[]): string {
  const kinds = kindsText(results);
  if (kinds === null) return 'not known: no run knows that of all its boards';
  const energies = energiesOf(results).map(([, energy]) => energy);
  const mixed = energies.some(({ source }) => source === 'mixed') ? `. ${MIXED}` : '';
  const master = energies.every(({ withMaster }) => withMaster) ? WITH_MASTER : WITHOUT_MASTER;
  return `${kinds}${mixed}. ${master}`;
}

const MIXED = 'Mixed: the sum of what some boards measured and what is modelled or simulated of others';
const WITH_MASTER =
  'It is that of the boards and of the master, which in a star is the server and in a ring position 0.';
const WITHOUT_MASTER =
  'Where the master, in a star the server and in a ring position 0, tells no energy, it is that of the boards alone, in ring and star alike.';

/** What must not be held against each other without a word; none where all runs are of one kind. */
export function energyWarnings(results: readonly RunResult[]): string[] {
  const kinds = contestantsByKind(results);
  const differ = kinds.size > 1 ? [`Energy is not of one kind in all runs: ${kindsText(results)}.`] : [];
  const simulated = energiesOf(results).some(([, { source }]) => source === 'simulated');
  return [...differ, ...(simulated ? ['Simulated energy was made up to try things out: it says nothing.'] : [])];
}

/** Who has which kind, where there are several. */
function kindsText(results: readonly RunResult[]): string | null {
  const kinds = [...contestantsByKind(results)];
  const [first, ...others] = kinds;
  if (first === undefined) return null;
  if (others.length === 0) return first[0];
  return list(kinds.map(([kind, contestants]) => `${kind} (${list([...contestants])})`));
}

function contestantsByKind(results: readonly RunResult[]): Map<string, Set<string>> {
  const kinds = new Map<string, Set<string>>();
  for (const [contestant, energy] of energiesOf(results)) {
    const kind = `${energy.source}${energy.withMaster ? '' : ' without the master’s'}`;
    kinds.set(kind, (kinds.get(kind) ?? new Set()).add(contestant));
  }
  return kinds;
}

function energiesOf(results: readonly RunResult[]): [contestant: string, energy: Energy][] {
  return results.flatMap(({ contestant, figures }): [string, Energy][] => {
    return figures?.energy ? [[contestant, figures.energy]] : [];
  });
}
