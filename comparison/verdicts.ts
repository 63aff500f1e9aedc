// The seven aims of the paper, each a verdict from the results: what each is judged by.

import { boardCounts, cellsOf } from './cells.js';
import { type AimVerdict, AT_LEAST_AS_GOOD, BETTER, type Findings, judged, plainly } from './judge.js';
import { largestModel } from './largest-model.js';
import * as measures from './measures.js';
import { judgeResilience } from './resilience.js';
import { bestNumbers, speedup } from './speedup.js';

export { type AimVerdict, basisOf, type Findings, type Verdict } from './judge.js';
export { largestModel };

export function verdicts(findings: Findings): AimVerdict[] {
  return [idle, energy, scaling, resilience, largestModel, communication, accuracy].map((aim) => aim(findings));
}

export function idle(findings: Findings): AimVerdict {
  return judged(1, 'Workers are less idle', findings, [
    { measure: measures.idleShare, accepted: BETTER },
    { measure: measures.idlestShare, accepted: BETTER },
  ]);
}

export function energy(findings: Findings): AimVerdict {
  return judged(2, 'Less energy for the same task', findings, [{ measure: measures.joulesToTarget, accepted: BETTER }]);
}

/** To be quick everywhere is not to scale: each kind is held against itself on the fewest boards as well. */
export function scaling(findings: Findings): AimVerdict {
  const { target } = findings;
  const cells = cellsOf(findings.results);
  const [fewest = 1] = boardCounts(cells);
  const rule = { accepted: AT_LEAST_AS_GOOD, impossibleLoses: true };
  const parts = [
    { measure: measures.secondsToTarget, ...rule },
    { measure: speedup(cells, fewest, target), ...rule, from: fewest + 1 },
  ];
  return judged(3, 'Scales at least as well', findings, parts, bestNumbers(cells, target));
}

export function resilience({ recovery }: Findings): AimVerdict {
  const { verdict, sentence } = judgeResilience(recovery);
  return plainly(4, 'As resilient', verdict, sentence);
}

export function communication(findings: Findings): AimVerdict {
  return judged(6, 'Less communication', findings, [
    { measure: measures.bytesSent, accepted: BETTER },
    { measure: measures.busiestLinkBytes, accepted: BETTER },
  ]);
}

export function accuracy(findings: Findings): AimVerdict {
  const metric = findings.target?.metric ?? 'accuracy';
  return judged(7, 'The same accuracy in at least the same time', findings, [
    { measure: measures.finalMetric(metric), accepted: AT_LEAST_AS_GOOD },
    { measure: measures.secondsToTarget, accepted: AT_LEAST_AS_GOOD },
  ]);
}
