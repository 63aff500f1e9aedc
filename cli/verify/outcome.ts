// What a run came to, and how it compares with another of the same run file. The weights of a ring must be the same, bit
// for bit, whatever happened on the way. A star adds up in another order, and with other boards after a loss: its
// accuracy is what must be the same, within a point.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvaluationResult, RunStatus } from '../../protocol/run-messages.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { compareModels, isIdentical, type ModelDifference } from './compare-models.js';

export interface RunOutcome {
  readonly model: Uint8Array;
  readonly evaluation: EvaluationResult | null;
}

/** What both have to agree in. */
export type Standard = 'weights' | 'accuracy';

export interface Verdict {
  readonly standard: Standard;
  readonly matches: boolean;
  readonly difference: ModelDifference;
  /** Of the held-out samples, at the end: the reference's, and the other's. */
  readonly evaluations: readonly [EvaluationResult | null, EvaluationResult | null];
}

/** An accuracy may differ by so much, any other metric by that share of it. */
export const TOLERANCE = 0.01;
/** What is left of a difference that is exactly the tolerance, in binary fractions. */
const ROUNDING = 1e-9;

export function standardOf({ mode, wire }: Pick<RunSpec, 'mode' | 'wire'>): Standard {
  const isExact = wire.activations === 'f32' && wire.gradients === 'f32';
  return mode === 'ring' && isExact ? 'weights' : 'accuracy';
}

export async function outcomeOf({ folder, evaluation }: Pick<RunStatus, 'folder' | 'evaluation'>): Promise<RunOutcome> {
  return { model: await readFile(join(folder, 'model.safetensors')), evaluation };
}

export function judge(standard: Standard, reference: RunOutcome, other: RunOutcome): Verdict {
  const difference = compareModels(reference.model, other.model);
  const evaluations = [reference.evaluation, other.evaluation] as const;
  const matches = standard === 'weights' ? isIdentical(difference) : isClose(...evaluations);
  return { standard, matches, difference, evaluations };
}

function isClose(reference: EvaluationResult | null, other: EvaluationResult | null): boolean {
  if (reference === null || other === null || reference.metric !== other.metric) return false;
  const unit = reference.metric === 'accuracy' ? 1 : Math.abs(reference.value);
  return Math.abs(reference.value - other.value) <= TOLERANCE * unit + ROUNDING;
}
