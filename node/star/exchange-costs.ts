// What pushes cost on paper, in floats that pass through memory: at a worker, through its filter, and at the server.
// An emulated board waits by it, the simulator counts with it.

import { type Cost, copyCost, passCost } from '../../compute/cost.js';
import type { FilterSpec } from '../../protocol/run-spec.js';
import { DIGITS } from '../largest.js';

/** Reads two, writes one. */
const ADDITION = 3;
/** Of 16 bits. */
const PLACE = 1 / 2;
/** Reads of a piece: for each digit of the threshold, and to take out; or to count and to take out. */
const SEARCHES = { none: 0, topK: DIGITS.length + 1, significance: 2 } as const;

/** Adding a gradient to what is left of a piece, and finding what is to be sent. */
export function searchCost({ type }: FilterSpec, elements: number): Cost {
  return type === 'none' ? passCost(0) : passCost((ADDITION + SEARCHES[type]) * elements);
}

/** Into a frame: values as they are, or written with their places, cleared where they were, and copied. */
export function takeCost({ type }: FilterSpec, entries: number): Cost {
  return type === 'none' ? copyCost(entries) : passCost((1 + PLACE + 1 + 2 + 2 * PLACE) * entries);
}

export interface Gathering {
  /** Of the piece, and those of them that were pushed. */
  readonly elements: number;
  readonly entries: number;
  readonly isSparse: boolean;
  readonly adds: boolean;
}

/** Entries are written, or added; before the first sparse ones the piece is cleared, and each time it is looked through. */
export function gatherCost({ elements, entries, isSparse, adds }: Gathering): Cost {
  const each = (adds ? 3 : 2) + (isSparse ? PLACE : 0);
  return passCost(each * entries + (isSparse && !adds ? elements : 0) + elements);
}
