// The verdict in words: identical, or which tensors differ, by how many elements and at most how much.

import { figure, metricValue } from '../view/format.js';
import { renderTable } from '../view/table.js';
import { isIdentical, type ModelDifference } from './compare-models.js';
import type { RunOutcome, Verdict } from './outcome.js';

const WHY_ACCURACY = {
  star: 'A star adds gradients up by board: its weights need not be those of one process; the accuracy must be, within a point.',
  wire: 'The wire rounds what it carries: the weights need not be those of one process; the accuracy must be, within a point.',
} as const;

export function verdictText(verdict: Verdict, mode: 'ring' | 'star', width: number): string {
  const { standard, difference } = verdict;
  const weights = weightsText(difference, width);
  const accuracy = verdict.evaluations.map(valueText);
  if (standard === 'weights') return weights;
  const accuracies = `At the end one process has ${accuracy[0]}, the fleet ${accuracy[1]}: ${verdict.matches ? 'within' : 'not within'} a point.`;
  return [WHY_ACCURACY[mode === 'star' ? 'star' : 'wire'], weights, accuracies].join('\n');
}

function weightsText(difference: ModelDifference, width: number): string {
  const { tensors, unmatched, differing } = difference;
  if (isIdentical(difference)) return `Identical: all ${tensors} tensors, bit for bit.`;
  const missing = unmatched.map((name) => `${name} is not in both, or of another shape.`);
  if (differing.length === 0) return missing.join('\n');
  const rows = differing.map((each) => [each.name, `${each.differing} of ${each.elements}`, figure(each.most)]);
  const table = renderTable({ head: ['tensor', 'differ', 'at most'], rows, rightAligned: [1, 2], width });
  return [`${differing.length} of ${tensors} tensors differ.`, ...missing, table].join('\n');
}

function valueText(evaluation: RunOutcome['evaluation']): string {
  return evaluation === null ? 'no result' : `${evaluation.metric} ${metricValue(evaluation)}`;
}
