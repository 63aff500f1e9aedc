// The paper's fifth aim from the largest models that trained: a tenth is no difference, for the search for them wavers by as
// much (docs/decisions/0019-limits.md).

import { boardsText, scaled } from './format.js';
import { type AimVerdict, type Findings, plainly, type Verdict } from './judge.js';
import type { Limits } from './limits.js';

/** In parameters, of the smaller one. */
const SAME_WITHIN = 0.1;

export function largestModel({ limits }: Pick<Findings, 'limits'>): AimVerdict {
  const told = (verdict: Verdict, sentence: string) => plainly(5, 'Holds larger models', verdict, sentence);
  if (limits === null)
    return told('not measured', 'There is no limits.json in this folder; ringtmp limits writes one.');
  const numbers = [...new Set(limits.results.map(({ boards }) => boards))].filter((boards) => boards >= 2);
  const pairs = numbers.map((boards) => ({
    boards,
    ring: most(limits, 'ring', boards),
    star: most(limits, 'star', boards),
  }));
  const known = pairs.filter(({ ring, star }) => ring !== null && star !== null && Math.max(ring, star) > 0);
  if (known.length === 0) return told('not measured', 'limits.json has no pair of which anything trained.');
  const texts = known.map(
    ({ boards, ring, star }) =>
      `at ${boardsText(boards)} ${count(ring)} parameters in a ring, ${count(star)} in a star`,
  );
  const holds = known.every(({ ring, star }) => (ring as number) >= (star as number) * (1 + SAME_WITHIN));
  const rule = 'Less than a tenth apart counts as the same: so much the search wavers.';
  return told(
    holds ? 'holds' : 'does not hold',
    `The largest model that trained${heldText(limits)}: ${texts.join('; ')}. ${rule}`,
  );
}

/** A limit of memory means little without how the boards were held to it. */
function heldText({ profile, conditions }: Limits): string {
  if (conditions === undefined) return profile === null ? '' : ` (memory of ${profile})`;
  const memory = `${scaled(conditions.memoryBytes, 'B')} a board${profile === null ? '' : `, as of ${profile}`}`;
  const holder = { cgroup: 'held by the kernel', engine: 'held by its own agent, without buffers' }[conditions.kind];
  return ` (${memory}, ${holder})`;
}

export function count(parameters: number | null): string {
  return Math.round(parameters ?? 0).toLocaleString('en-US');
}

function most({ results }: Limits, mode: 'ring' | 'star', boards: number): number | null {
  const fitting = results.filter((each) => each.mode === mode && each.boards === boards);
  return fitting.length === 0 ? null : Math.max(...fitting.map(({ parameters }) => parameters));
}
