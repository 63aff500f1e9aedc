// The files of a made-up report, with markup in whatever names and errors it has.

import { cellsOf } from '../../../comparison/cells.js';
import type { Limits } from '../../../comparison/limits.js';
import { reportFiles } from '../../../comparison/report/files.js';
import type { Circumstances } from '../../../comparison/report/report.js';
import { chooseTarget } from '../../../comparison/target.js';
import { UNTRIED } from '../sample-recovery.js';
import { type Sample, sampleResult } from '../sample-results.js';

export const EVIL = '<img src=x onerror="alert(1)"> | `x` & \'y\',\n"z"';
export const SAMPLES: readonly Sample[] = [1, 2, 4].flatMap((boards): Sample[] => [
  { contestant: 'ring', boards, idleShare: 0.1, emulated: true },
  { contestant: 'star', boards, emulated: true },
  { contestant: 'star-asp', boards, outcome: 'failed', reason: EVIL },
]);
export const CIRCUMSTANCES: Circumstances = {
  name: EVIL,
  task: 'digits',
  command: `ringtmp compare ${EVIL}`,
  profile: 'pi-4, emulated',
  links: 'direct',
};

export async function files(samples = SAMPLES, limits: Limits | null = null): Promise<Map<string, string>> {
  const results = samples.map(sampleResult);
  const target = chooseTarget(cellsOf(results), undefined);
  return reportFiles(
    CIRCUMSTANCES,
    { results, target, limits, recovery: UNTRIED },
    async () => '<svg viewBox="0 0 1 1"></svg>',
  );
}
