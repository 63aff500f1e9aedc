// From what a run left behind to the figures of a comparison.

import { fleetEnergy, joulesIn } from '../protocol/energy.js';
import type { BoardFigures } from '../protocol/run-messages.js';
import { smoothed } from './curves.js';
import { medianStep } from './pace.js';
import type { CurveRow, RawRun } from './raw-run.js';
import type { PositionFigures, RunFigures } from './result.js';

/** More shows nothing more. */
const CURVE_POINTS = 150;

/**
 * @param localSteps of a star: so many are done at one moment
 * @returns null of a run that made no step
 */
export function measureRun(raw: RawRun, batch: number, localSteps = 1): RunFigures | null {
  const last = raw.curve.at(-1);
  if (last === undefined) return null;
  const secondsAt = clockOf(raw);
  const steps = last.step + 1;
  const seconds = secondsAt(last);
  return {
    steps,
    seconds,
    samplesPerSecond: seconds > 0 ? (steps * batch) / seconds : 0,
    stepMs: medianStep(
      raw.curve.map((row) => 1000 * secondsAt(row)),
      localSteps,
    ),
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
      joules: energy ? joulesIn(energy) : null,
      peakRssBytes,
      staleness: staleness ? { mean: staleness.mean, max: staleness.max } : null,
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

/** What is not known of one board is not known of the fleet. The master counts where it tells. */
function energyOf(positions: readonly BoardFigures[]): RunFigures['energy'] {
  const boards = positions.filter(({ position }) => position > 0);
  if (!boards.every(({ figures }) => figures?.energy)) return null;
  const energy = fleetEnergy(positions.map(({ position, figures }) => ({ position, energy: figures?.energy })));
  return energy && { source: energy.source, withMaster: energy.withMaster, joules: { ...energy.byPhase } };
}

/** The computer is behind them all as it is behind the one that it is most behind. */
function emulationOf(positions: readonly BoardFigures[]): RunFigures['emulated'] {
  const emulated = positions.flatMap(({ figures }) => figures?.emulated ?? []);
  if (emulated.length === 0) return null;
  return {
    profiles: [...new Set(emulated.map(({ profile }) => profile))],
    dilation: Math.max(...emulated.map(({ dilation }) => dilation)),
    drift: Math.max(...emulated.map(({ drift }) => drift)),
    overdue: mostOf(emulated.map(({ overdue }) => overdue)),
  };
}

/** Null where one of them is not known. */
function mostOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length < values.length ? null : Math.max(...known);
}
