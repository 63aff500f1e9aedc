// Which mode to take, and why, in a sentence with figures: what fits, then time, then energy, then bytes.

import type { Mode } from '../protocol/run-spec.js';
import type { Simulated } from '../simulation/result.js';
import type { Forecast } from './forecast.js';

export interface Recommendation {
  /** Null where neither fits. */
  readonly mode: Mode | null;
  readonly because: string;
}

/** Forecasts are no better than this: what differs by less is equal. */
const EQUAL = 1.1;

interface Criterion {
  /** `so many times as …` */
  readonly better: string;
  readonly value: (result: Simulated) => number;
}

const CRITERIA: readonly Criterion[] = [
  { better: 'as fast', value: ({ stepMs }) => stepMs },
  { better: 'as little energy', value: ({ joules }) => joules },
  { better: 'as few bytes', value: ({ bytes }) => bytes },
];

export function recommend({ modes: { ring, star } }: Forecast): Recommendation {
  if (ring.fits && star.fits) return compare({ ring: ring.result, star: star.result });
  if (!ring.fits && !star.fits) return { mode: null, because: `neither fits: ${ring.reason}; ${star.reason}` };
  if (ring.fits) return { mode: 'ring', because: `the star does not fit: ${star.fits ? '' : star.reason}` };
  return { mode: 'star', because: `the ring does not fit: ${ring.reason}` };
}

function compare(results: Readonly<Record<Mode, Simulated>>): Recommendation {
  const { ring, star } = results;
  const decisive = CRITERIA.find(({ value }) => ratioOf(value(ring), value(star)) > EQUAL);
  const figures = `${figuresOf('ring', ring)}; ${figuresOf('star', star)}`;
  if (decisive === undefined) return { mode: 'ring', because: `both are equal within 10 %: ${figures}` };
  const [ours, theirs] = [decisive.value(ring), decisive.value(star)];
  const times = `${ratioOf(ours, theirs).toFixed(1)} times ${decisive.better}`;
  return { mode: ours < theirs ? 'ring' : 'star', because: `${times}: ${figures}` };
}

function ratioOf(a: number, b: number): number {
  return Math.max(a, b) / Math.min(a, b);
}

function figuresOf(mode: Mode, { stepMs, joules, bytes }: Simulated): string {
  const time = `${Number(stepMs.toPrecision(3))} ms`;
  const energy =
    joules === 0 ? [] : [joules < 1 ? `${(1000 * joules).toPrecision(3)} mJ` : `${joules.toPrecision(3)} J`];
  return `${mode} ${[time, ...energy, `${(bytes / 1e6).toPrecision(3)} MB`].join(', ')} a step`;
}
