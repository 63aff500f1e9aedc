// Judges made-up results.

import { cellsOf } from '../../comparison/cells.js';
import type { Limits } from '../../comparison/limits.js';
import { chooseTarget } from '../../comparison/target.js';
import { type AimVerdict, verdicts } from '../../comparison/verdicts.js';
import { UNTRIED } from './sample-recovery.js';
import { type Sample, sampleResult } from './sample-results.js';

export function judge(samples: readonly Sample[], limits: Limits | null = null, recovery = UNTRIED): AimVerdict[] {
  const results = samples.map(sampleResult);
  return verdicts({ results, target: chooseTarget(cellsOf(results), undefined), limits, recovery });
}

export function aim(number: number, samples: readonly Sample[]): AimVerdict {
  return judge(samples).find((each) => each.aim === number) as AimVerdict;
}

/** A ring and a star at each number of boards. */
export function pairs(ring: Sample, star: Sample, boards: readonly number[] = [2, 4]): Sample[] {
  return boards.flatMap((count) => [
    { contestant: 'ring', boards: count, ...ring },
    { contestant: 'star', boards: count, ...star },
  ]);
}
