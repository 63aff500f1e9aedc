// What the master sends round the ring, in order: the micro-batches of each step, after each epoch the
// held-out set, where a cut is due the call for snapshots, at the end that for the weights.

import type { Batches } from '../data/batches.js';

export type Item =
  | { readonly kind: 'activation'; readonly step: number; readonly micro: number }
  /** At weight version `step`. */
  | { readonly kind: 'eval'; readonly step: number; readonly micro: number }
  | { readonly kind: 'cut'; readonly step: number }
  | { readonly kind: 'collect'; readonly step: number };

/** Nothing to send: here a step may begin. Whether it does is decided when what follows is asked for. */
export interface StepBoundary {
  readonly kind: 'boundary';
}

const BOUNDARY: StepBoundary = { kind: 'boundary' };

export interface ItineraryOptions {
  readonly microBatches: number;
  /** The cut from which it goes on: whatever was to be evaluated there has been. */
  readonly firstStep?: number;
  /** Asked after each boundary: true ends the itinerary with the weights as they are then. */
  isStopped(): boolean;
  /** Asked after each boundary but the first: whether all are to keep a snapshot of that version. */
  isCutDue?(step: number): boolean;
}

export function* itinerary(
  batches: Batches,
  { microBatches, firstStep = 0, isStopped, isCutDue = () => false }: ItineraryOptions,
): Generator<Item | StepBoundary, void> {
  let step = firstStep;
  for (; step < batches.steps; step++) {
    yield BOUNDARY;
    if (isStopped()) break;
    if (step > firstStep && isCutDue(step)) yield { kind: 'cut', step };
    for (let micro = 0; micro < microBatches; micro++) yield { kind: 'activation', step, micro };
    if (isEvaluated(step + 1, batches)) yield* evaluation(step + 1, batches);
  }
  yield { kind: 'collect', step };
}

function isEvaluated(version: number, { steps, stepsPerEpoch }: Batches): boolean {
  return version === steps || version % stepsPerEpoch === 0;
}

function* evaluation(step: number, { evaluationMicroBatches }: Batches): Generator<Item, void> {
  for (let micro = 0; micro < evaluationMicroBatches; micro++) yield { kind: 'eval', step, micro };
}
