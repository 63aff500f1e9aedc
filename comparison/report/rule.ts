// By which rule a verdict comes about, in the words of a report: it is stricter or coarser with the number of rounds.

import { roundsOf } from '../cells.js';
import type { RunResult } from '../result.js';
import { APART_IN_ONE_ROUND, beyondText } from '../spread.js';

export const SIGNS = {
  holds: '✓ holds',
  'does not hold': '✗ does not hold',
  'not measured': '– not measured',
} as const;

export function ruleText(results: readonly RunResult[]): string {
  return (
    'The verdict is on the best ring against the best star, beside it (“plain”) that on the plain ones, which compute the same. ' +
    'An aim holds only where it holds at every number of boards from two on that could be compared: “better” means ' +
    `${beyondText(roundsOf(results))}; final accuracies within half a point are the same. ` +
    `${asGoodText(results)}Who finished without reaching the target has lost; a contestant of which a round failed is not measured there.`
  );
}

/** Where an aim asks for no more than to be as good. */
function asGoodText(results: readonly RunResult[]): string {
  if (roundsOf(results) === 1) return '';
  const apart = Math.round(100 * APART_IN_ONE_ROUND);
  return `Where rounds overlap, but the ring’s median is ${apart} % or more behind, “as good” is not measured. `;
}

/** Above the figures of ring against star. */
export function duelsAbout(results: readonly RunResult[]): string {
  return (
    `✓ marks who is better ${beyondText(roundsOf(results))}. The best of a kind is chosen among those who reached the ` +
    'target; the plain ring and the plain star compute the same but for rounding.'
  );
}
