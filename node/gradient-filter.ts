// Which entries of a gradient a worker of a star sends (decision 17): the largest (top-k), or those that would change
// their parameter by enough (Li et al. 2014, "Scaling distributed machine learning with the parameter server"). What is not
// sent stays here and is added to the next gradient (error feedback: Stich et al. 2018, "Sparsified SGD with memory").

import { bitsOf, MAGNITUDE } from '../protocol/half-floats.js';
import type { FilterSpec } from '../protocol/run-spec.js';
import { largestFinder } from './largest.js';
import type { Piece } from './pieces.js';

/** Places within a piece have 16 bits, as its `PIECE_ELEMENTS` allow. */
type Range = Pick<Piece, 'start' | 'end'>;

export interface Selection {
  readonly values: Float32Array;
  /** `[values.length]`, ascending places within the piece. */
  readonly index: Uint16Array;
}

export interface GradientFilter {
  /** What was not sent yet, for each element; empty where all is sent. */
  readonly residual: Float32Array;
  /**
   * Adds `gradient`, `[end - start]`, to what is left of the piece, takes out what is to be sent, and gives that: owned by
   * the caller, perhaps of no entries. NaN and infinities count as the largest, so that they are seen where they arrive.
   * @param changePerUnit by how much a parameter changes for a gradient of 1, such as the learning rate / the samples
   * @returns null where all is sent: then the gradient itself is what to send
   */
  select(piece: Range, gradient: Float32Array, changePerUnit: number): Selection | null;
  /**
   * Keeps what rounding on the wire took from a selection, so that it is sent later.
   * @param received its values as the receiver reads them (`valuesIn`); what is not finite there keeps nothing, since it
   * would never leave again
   */
  keepRounding(piece: Range, selection: Selection, received: Float32Array): void;
}

/** @param elements of the whole gradient, for each of which one 32-bit float is kept */
export function createFilter(spec: FilterSpec, elements: number): GradientFilter {
  if (spec.type === 'none') return { residual: new Float32Array(0), select: () => null, keepRounding: () => undefined };
  const residual = new Float32Array(elements);
  const take = spec.type === 'topK' ? largestShare(spec.share) : significant(spec.threshold);
  return {
    residual,
    select: ({ start, end }, gradient, changePerUnit) => {
      const kept = residual.subarray(start, end);
      for (let at = 0; at < kept.length; at++) kept[at] = (kept[at] as number) + (gradient[at] as number);
      return take(kept, changePerUnit);
    },
    keepRounding: ({ start, end }, selection, received) => {
      addRounding(residual.subarray(start, end), selection, received);
    },
  };
}

/** How many of a piece's elements `topK` sends. */
export function keptOf(share: number, elements: number): number {
  return Math.ceil(share * elements);
}

type Take = (kept: Float32Array, changePerUnit: number) => Selection;

function largestShare(share: number): Take {
  const find = largestFinder();
  return (kept) => {
    const selection = newSelection(keptOf(share, kept.length));
    const { bits: threshold, ties } = find(kept, selection.index.length);
    takeLargest(kept, threshold, ties, selection);
    return selection;
  };
}

/** Of equals the first ones. */
function takeLargest(kept: Float32Array, threshold: number, ties: number, { values, index }: Selection): void {
  const bits = bitsOf(kept);
  let count = 0;
  let tiesLeft = ties;
  for (let at = 0; at < kept.length; at++) {
    const magnitude = (bits[at] as number) & MAGNITUDE;
    if (magnitude < threshold || (magnitude === threshold && tiesLeft-- <= 0)) continue;
    values[count] = kept[at] as number;
    index[count++] = at;
    kept[at] = 0;
  }
}

function significant(threshold: number): Take {
  return (kept, changePerUnit) => {
    const selection = newSelection(countSignificant(kept, changePerUnit, threshold));
    const { values, index } = selection;
    for (let at = 0, count = 0; count < index.length; at++) {
      if (!isSignificant(kept[at] as number, changePerUnit, threshold)) continue;
      values[count] = kept[at] as number;
      index[count++] = at;
      kept[at] = 0;
    }
    return selection;
  };
}

function countSignificant(kept: Float32Array, changePerUnit: number, threshold: number): number {
  let count = 0;
  for (let at = 0; at < kept.length; at++) if (isSignificant(kept[at] as number, changePerUnit, threshold)) count++;
  return count;
}

/** A comparison that NaN passes. */
function isSignificant(value: number, changePerUnit: number, threshold: number): boolean {
  return !(Math.abs(value * changePerUnit) < threshold);
}

function addRounding(kept: Float32Array, { values, index }: Selection, received: Float32Array): void {
  for (let at = 0; at < index.length; at++) {
    const place = index[at] as number;
    const lost = (values[at] as number) - (received[at] as number);
    if (Number.isFinite(lost)) kept[place] = (kept[place] as number) + lost;
  }
}

function newSelection(length: number): Selection {
  return { values: new Float32Array(length), index: new Uint16Array(length) };
}
