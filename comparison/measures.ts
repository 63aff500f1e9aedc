// What is compared of a run, each in one line: where it comes from, how it is written, and what is better.

import { joulesIn } from '../protocol/energy.js';
import { directionOf, secondsTo } from './curves.js';
import { duration, metricText, percent, scaled } from './format.js';
import type { RunFigures } from './result.js';
import type { Better } from './spread.js';
import type { Target } from './target.js';

export interface Measure {
  readonly key: string;
  readonly title: string;
  readonly better: Better;
  /** What lies no further apart counts as the same. */
  readonly sameWithin?: number;
  of(figures: RunFigures, target: Target | null): number | null;
  /** What is to be said beside each of its figures; left out where it is always measured. */
  sourceOf?(figures: RunFigures): string | null;
  /** What one figure of a whole fleet hides, over all rounds. */
  detailOf?(rounds: readonly RunFigures[]): string | null;
  format(value: number): string;
}

export const idleShare: Measure = {
  key: 'idleShare',
  title: 'Idle share of the workers',
  better: 'less',
  of: (figures) => mean(idleShares(figures)),
  detailOf: (rounds) => {
    const shares = rounds.flatMap(idleShares);
    const [least, most] = [percent(extreme(Math.min, shares)), percent(extreme(Math.max, shares))];
    return least === most ? null : `workers ${least} to ${most}`;
  },
  format: percent,
};

/** A mean may be that of one busy worker and of many that wait. */
export const idlestShare: Measure = {
  key: 'idlestShare',
  title: 'Idle share of the idlest worker',
  better: 'less',
  of: (figures) => extreme(Math.max, idleShares(figures)),
  format: percent,
};

export const busiestWorkerIdleShare: Measure = {
  key: 'leastIdleShare',
  title: 'Idle share of the busiest worker',
  better: 'less',
  of: (figures) => extreme(Math.min, idleShares(figures)),
  format: percent,
};

export const secondsToTarget: Measure = {
  key: 'secondsToTarget',
  title: 'Time to the target',
  better: 'less',
  of: ({ evaluations, metric }, target) => target && secondsTo(target.value, evaluations, directionOf(metric)),
  format: duration,
};

export const joules: Measure = {
  key: 'joules',
  title: 'Energy of the whole run',
  better: 'less',
  of: ({ energy }) => energy && joulesIn(energy),
  sourceOf: ({ energy }) => energy?.source ?? null,
  format: (value) => scaled(value, 'J'),
};

/** At each board's mean power, for what it takes hardly changes while it trains. */
export const joulesToTarget: Measure = {
  key: 'joulesToTarget',
  title: 'Energy to the target',
  better: 'less',
  of: (figures, target) => {
    const seconds = secondsToTarget.of(figures, target);
    if (seconds === null || joules.of(figures, target) === null) return null;
    const powersW = figures.positions.map((each) => (each.joules ?? 0) / (each.wallSeconds || figures.seconds));
    return seconds * powersW.reduce((total, powerW) => total + powerW, 0);
  },
  sourceOf: ({ energy }) => energy?.source ?? null,
  format: joules.format,
};

export const bytesSent: Measure = {
  key: 'bytesSent',
  title: 'Bytes sent in all',
  better: 'less',
  of: ({ positions }) => positions.reduce((total, { bytesOut }) => total + bytesOut, 0),
  format: (value) => scaled(value, 'B'),
};

/** A board has one link to the switch: what it sends and receives. */
export const busiestLinkBytes: Measure = {
  key: 'busiestLinkBytes',
  title: 'Bytes on the busiest link',
  better: 'less',
  of: ({ positions }) =>
    positions.length === 0 ? null : Math.max(...positions.map(({ bytesIn, bytesOut }) => bytesIn + bytesOut)),
  format: bytesSent.format,
};

export const samplesPerSecond: Measure = {
  key: 'samplesPerSecond',
  title: 'Throughput',
  better: 'more',
  of: (figures) => figures.samplesPerSecond,
  format: (value) => scaled(value, 'samples/s'),
};

export const peakRssBytes: Measure = {
  key: 'peakRssBytes',
  title: 'Peak memory of a worker',
  better: 'less',
  of: ({ positions }) => {
    const known = positions.flatMap(({ position, peakRssBytes }) => (position > 0 ? (peakRssBytes ?? []) : []));
    return known.length === 0 ? null : Math.max(...known);
  },
  format: bytesSent.format,
};

/** Half a point of accuracy is what a few held-out samples make. */
const SAME_ACCURACY = 0.005;

/** Of the last evaluation: accuracy, or the error of a regression. */
export function finalMetric(metric: string): Measure {
  return {
    key: 'finalMetric',
    title: metric === 'accuracy' ? 'Final accuracy' : `Final ${metric}`,
    better: directionOf(metric) === 'up' ? 'more' : 'less',
    ...(metric === 'accuracy' && { sameWithin: SAME_ACCURACY }),
    of: ({ evaluations }) => evaluations.at(-1)?.value ?? null,
    format: (value) => metricText(metric, value),
  };
}

function idleShares({ positions }: RunFigures): number[] {
  return positions.filter(({ position }) => position > 0).map((each) => each.idleShare);
}

function extreme(of: (...values: number[]) => number, values: readonly number[]): number | null {
  return values.length === 0 ? null : of(...values);
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((total, value) => total + value, 0) / values.length;
}
