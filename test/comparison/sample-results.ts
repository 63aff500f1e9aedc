// Made-up results of a comparison, complete enough for every verdict and chart.

import type { RunFigures, RunResult } from '../../comparison/result.js';

export interface Sample {
  readonly contestant?: string;
  readonly mode?: 'ring' | 'star';
  readonly boards?: number;
  readonly round?: number;
  readonly outcome?: RunResult['outcome'];
  readonly reason?: string;
  readonly idleShare?: number;
  /** By position, from 1; `idleShare` of all unless told. */
  readonly idleShares?: readonly number[];
  /** Of the whole run. */
  readonly seconds?: number;
  readonly accuracy?: number;
  /** Of each position. */
  readonly bytes?: number;
  readonly joules?: number | null;
  readonly source?: NonNullable<RunFigures['energy']>['source'];
  readonly withMaster?: boolean;
  readonly emulated?: boolean;
}

const EPOCHS = 8;
const STEPS = 1000;

export function sampleResult(sample: Sample = {}): RunResult {
  const { contestant = 'ring', boards = 2, round = 1, outcome = 'finished', reason = null } = sample;
  const mode = sample.mode ?? (contestant.startsWith('star') ? 'star' : 'ring');
  return {
    contestant,
    title: `the ${contestant}`,
    mode,
    boards,
    round,
    outcome,
    reason,
    startedAt: '2026-01-02T03:04:05.000Z',
    wallSeconds: 12,
    figures: outcome === 'finished' ? sampleFigures(sample) : null,
    forecast: sample.emulated ? { stepMs: 98, idleShare: 0.19, bytesPerStep: 2800, joulesPerStep: 0.14 } : null,
    origin: { program: 'ringtmp 0, build abc', machine: 'a machine' },
    hash: 'abc',
    definition: { version: '0', boards, round, profile: null, masterProfile: null, dilation: 1, spec: {} },
  };
}

export function sampleFigures(sample: Sample): RunFigures {
  const { boards = 2, idleShare = 0.2, seconds = 100, accuracy = 0.96, bytes = 1e6, joules = 50 } = sample;
  const { source = 'modelled', withMaster = true } = sample;
  return {
    steps: STEPS,
    seconds,
    samplesPerSecond: (STEPS * 64) / seconds,
    stepMs: (seconds * 1000) / STEPS,
    metric: 'accuracy',
    evaluations: Array.from({ length: EPOCHS }, (_, epoch) => {
      const done = (epoch + 1) / EPOCHS;
      return {
        step: STEPS * done,
        seconds: seconds * done,
        loss: 0.5 - 0.3 * done,
        value: accuracy - 0.08 * (1 - done) ** 2,
      };
    }),
    curve: Array.from({ length: 100 }, (_, index) => {
      const done = (index + 1) / 100;
      return { step: STEPS * done, seconds: seconds * done, loss: 0.1 + 2 * Math.exp(-5 * done) };
    }),
    positions: Array.from({ length: boards + 1 }, (_, position) => ({
      position,
      agent: position === 0 ? 'master' : `board-${position}`,
      idleShare: sample.idleShares?.[position - 1] ?? idleShare,
      seconds: { forward: 10, backward: 20, update: 2 },
      wallSeconds: null,
      bytesIn: bytes,
      bytesOut: bytes,
      joules,
      peakRssBytes: 60e6,
      staleness: null,
    })),
    topics: [{ topic: '1/forward', bytes, frames: 100 }],
    energy: joules === null ? null : { source, withMaster, joules: { idle: joules * (boards + 1) } },
    emulated: sample.emulated ? { profiles: ['pi-4'], dilation: 2, drift: 0.012, overdue: 0.003 } : null,
  };
}
