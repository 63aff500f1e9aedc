// The largest size that works, found by trying: doubled until it fails, then halved between the largest that worked
// and the smallest that failed. Each try is a run of its own, so there should be few of them.

export interface Search {
  /** No smaller size makes sense. */
  readonly least: number;
  /** No larger one is tried. */
  readonly most: number;
  /** What is tried first, from `least` to `most`. */
  readonly first: number;
  /** Share of the largest that worked by which the answer may be too small; one step where that is less. */
  readonly resolution: number;
}

export interface Found {
  /** Null where not even the least worked. */
  readonly largest: number | null;
  /** Null where everything worked, up to the most. */
  readonly smallestFailed: number | null;
}

/** @param works true up to some size, and false from there on */
export async function findLargest(search: Search, works: (size: number) => Promise<boolean>): Promise<Found> {
  const { least, most, first, resolution } = search;
  let worked = least - 1;
  let failed: number | null = null;
  for (let size = first; failed === null && worked < most; size = Math.min(2 * size, most)) {
    if (await works(size)) worked = size;
    else failed = size;
  }
  while (failed !== null && failed - worked > (worked < least ? 1 : stepOf(worked, resolution))) {
    const middle: number = Math.floor((worked + failed) / 2);
    if (await works(middle)) worked = middle;
    else failed = middle;
  }
  return { largest: worked < least ? null : worked, smallestFailed: failed };
}

/** By how much the smallest that failed may be above the largest that worked. */
export function stepOf(worked: number, resolution: number): number {
  return Math.max(1, Math.floor(worked * resolution));
}
