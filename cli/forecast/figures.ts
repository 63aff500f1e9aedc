// Figures of forecasts and simulations as people read them.

import type { Simulated } from '../../simulation/result.js';
import { percent } from '../view/format.js';
import type { BusiestMeasured } from './compared-run.js';

/** `12 %`, or `12–40 %` where boards differ; a dash where none has told. */
export function idleRange(positions: readonly { readonly idleShare: number }[]): string {
  if (positions.length === 0) return percent(null);
  const shares = positions.map(({ idleShare }) => idleShare);
  const [least, most] = [percent(Math.min(...shares)), percent(Math.max(...shares))];
  return least === most ? most : `${least.replace(' %', '')}–${most}`;
}

/** `master up 83 %` */
export function busiestLink({ busiest: { position, direction, share } }: Simulated, agents: readonly string[]): string {
  return `${agents[position] ?? 'hub'} ${direction} ${percent(share)}`;
}

/** `master up 83 %`, or how much it carries where nobody knows how much it could. */
export function busiestMeasured(busiest: BusiestMeasured | null): string {
  if (busiest === null) return '–';
  const { agent, direction, mbps, share } = busiest;
  return `${agent} ${direction} ${share === null ? `${mbps.toPrecision(3)} Mbit/s` : percent(share)}`;
}

/** Nothing where no watts are known. */
export function joules(value: number | null | undefined): string {
  if (value === null || value === undefined || value === 0) return '–';
  return value < 1 ? `${(1000 * value).toPrecision(3)} mJ` : `${value.toPrecision(3)} J`;
}
