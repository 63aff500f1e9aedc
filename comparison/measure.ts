// From what a run left behind to the figures of a comparison.

import type { BoardFigures } from '../protocol/messages.js';
import { smoothed } from './curves.js';
import type { CurveRow, RawRun } from './raw-run.js';
import type { PositionFigures, RunFigures } from './result.js';

/** More shows nothing more. */
const CURVE_POINTS = 150;

/** @returns null of a run that made no step */
export function measureRun(raw: RawRun, batch: number): RunFigures | null {
  const last = raw.curve.at(-1);
  if (last === undefined) return null;
  const secondsAt = clockOf(raw);
  const steps = last.step + 1;
  const seconds = secondsAt(last);
  return {
    steps,
    seconds,
    samplesPerSecond: seconds > 0 ? (steps * batch) / seconds : 0,
    stepMs: medianStepMs(raw.curve.map(secondsAt)),
    metric: raw.evaluations[0]?.metric ?? 'accuracy',
    evaluations: evaluationsOf(raw, secondsAt),
    curve: smoothed(raw.curve, CURVE_POINTS).map((row) => {
      return { step: row.step + 1, seconds: secondsAt(row), loss: row.loss };
    }),
    positions: raw.positions.flatMap(positionFigures),
    topics: topicsOf(raw.positions),
    energy: energyOf(raw.positions),
    emulated: emulationOf(raw.positions),
  };
}

/** A master that tells no time of the boards is an older one; then it is the computer's, from the first sample on. */
function clockOf({ curve, runningAt }: RawRun): (row: CurveRow) => number {
  const startMs = runningAt ?? curve[0]?.time ?? 0;
  return ({ elapsedSeconds, time }) => elapsedSeconds ?? Math.max(0, time - startMs) / 1000;
}

function medianStepMs(seconds: readonly number[]): number | null {
  const eachMs = seconds.slice(1).map((end, index) => (end - (seconds[index] as number)) * 1000);
  return eachMs.sort((a, b) => a - b)[eachMs.length >> 1] ?? null;
}

/** An evaluation at version s sees what step s - 1 has left, at the time when that was done. */
function evaluationsOf({ curve, evaluations }: RawRun, secondsAt: (row: CurveRow) => number) {
  const byStep = new Map(curve.map((row) => [row.step, row]));
  return evaluations.flatMap(({ step, loss, value }) => {
    const row = byStep.get(step - 1);
    return row === undefined ? [] : [{ step, seconds: secondsAt(row), loss, value }];
  });
}

function positionFigures({ position, agent, figures, peakRssBytes }: BoardFigures): PositionFigures[] {
  if (figures === null) return [];
  const { idleShare, seconds, bytesIn, bytesOut, energy, staleness } = figures;
  return [
    {
      position,
      agent,
      idleShare,
      seconds: { ...seconds },
      wallSeconds: figures.wallSeconds ?? null,
      bytesIn,
      bytesOut,
      joules: energy ? sum(Object.values(energy.joules)) : null,
      peakRssBytes,
      staleness: staleness ?? null,
    },
  ];
}

/** Each byte once: by who sent it. */
function topicsOf(positions: readonly BoardFigures[]): RunFigures['topics'] {
  const totals = new Map<string, { bytes: number; frames: number }>();
  for (const { topic, direction, bytes, frames } of positions.flatMap(({ figures }) => figures?.topics ?? [])) {
    if (direction !== 'out') continue;
    const before = totals.get(topic) ?? { bytes: 0, frames: 0 };
    totals.set(topic, { bytes: before.bytes + bytes, frames: before.frames + frames });
  }
  return [...totals].map(([topic, total]) => ({ topic, ...total }));
}

/** What is not known of one board is not known of the fleet. */
function energyOf(positions: readonly BoardFigures[]): RunFigures['energy'] {
  const known = positions.flatMap(({ figures }) => figures?.energy ?? []);
  if (known.length === 0 || known.length < positions.length) return null;
  const joules: Record<string, number> = {};
  for (const [phase, amount] of known.flatMap((energy) => Object.entries(energy.joules)))
    joules[phase] = (joules[phase] ?? 0) + amount;
  return { source: known.every(({ source }) => source === 'measured') ? 'measured' : 'modelled', joules };
}

/** The computer is behind them all as it is behind the one that it is most behind. */
function emulationOf(positions: readonly BoardFigures[]): RunFigures['emulated'] {
  const emulated = positions.flatMap(({ figures }) => figures?.emulated ?? []);
  if (emulated.length === 0) return null;
  return {
    profiles: [...new Set(emulated.map(({ profile }) => profile))],
    dilation: Math.max(...emulated.map(({ dilation }) => dilation)),
    drift: Math.max(...emulated.map(({ drift }) => drift)),
    overdue: Math.max(...emulated.map(({ overdue }) => overdue)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
