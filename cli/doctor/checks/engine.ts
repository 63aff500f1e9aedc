// What computes here, and how fast: the agent's own survey.

import { ENGINES_BEST_FIRST } from '../../../compute/available-engines.js';
import type { EngineSurvey } from '../../../node/engine-survey.js';
import { type Check, type Finding, ok, warning } from '../finding.js';

/** Each engine is measured for a second or two, several times as long on a small board. */
const LIMIT_MS = 60_000;

/** @param isChosen one engine alone was asked for, which is then as good as it can be */
export function engineCheck(survey: () => Promise<EngineSurvey>, isChosen: boolean): Check {
  return { name: 'engine', limitMs: LIMIT_MS, run: async () => [finding(await survey(), isChosen)] };
}

function finding(survey: EngineSurvey, isChosen: boolean): Finding {
  const { engine, gflops, engineReason, engines, lacks } = survey;
  const message = `${engine}, ${gflops.toFixed(1)} GFLOP/s (${engineReason})`;
  const figures = { engine, gflops, engines, lacks };
  const [best] = ENGINES_BEST_FIRST;
  if (isChosen || engine === best) return ok('engine', message, figures);
  const remedy = 'For matrix products several times as fast: `sudo apt install libopenblas0`.';
  return warning('engine', message, remedy, figures);
}
