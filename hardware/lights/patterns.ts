// What each pattern looks like (docs/lights.md): milliseconds alternately lit and dark, over and over. They differ in
// rhythm, not in colour or brightness, since one small lamp has to do.

import type { LightPattern } from './status-light.js';

/** An even number of beats, the first of them lit; none: dark. */
export const PATTERNS: Readonly<Record<LightPattern, readonly number[]>> = {
  offline: [],
  /** A short flash every two seconds. */
  idle: [100, 1900],
  /** Even, twice a second. */
  forward: [250, 250],
  /** Two flashes a second. */
  backward: [125, 125, 125, 625],
  /** Three long flashes, and a pause. */
  error: [500, 250, 500, 250, 500, 1000],
  /** Hurried, five times a second. */
  identify: [100, 100],
};
