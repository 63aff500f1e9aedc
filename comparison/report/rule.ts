// By which rule a verdict comes about, in the words of a report: it is stricter or coarser with the number of rounds.

import { roundsOf } from '../cells.js';
import type { RunResult } from '../result.js';
import { beyondText } from '../spread.js';

export function ruleText(results: readonly RunResult[]): string {
  return (
    'An aim holds only where it holds at every number of boards from two on that could be compared: “better” means ' +
    `${beyondText(roundsOf(results))}; final accuracies within half a point are the same. ` +
    'Who finished without reaching the target has lost; a contestant of which a round failed is not measured there.'
  );
}

/** Above the figures of ring against star. */
export function duelsAbout(results: readonly RunResult[]): string {
  return (
    `✓ marks who is better ${beyondText(roundsOf(results))}. The best of a kind is chosen among those who reached the ` +
    'target; the plain ring and the plain star compute the same but for rounding.'
  );
}
