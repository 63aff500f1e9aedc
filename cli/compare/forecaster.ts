// What is to be expected of each run on emulated boards, modelled before it is made: a table of the report holds the
// two side by side.

import type { PlannedRun } from '../../comparison/plan.js';
import type { RunForecast } from '../../comparison/result.js';
import { type FittingMode, forecastMode } from '../../master/forecast.js';
import { profiledFleet } from '../forecast/boards.js';
import { sampleShape } from '../forecast/sample-shape.js';
import type { CompareOptions } from './compare.js';

type ProfileOptions = Pick<CompareOptions, 'profile' | 'masterProfile'>;

/**
 * All contestants have the same data.
 * @throws an error of errors.ts when these are not there: better now than in each run
 */
export async function forecaster(
  plan: readonly PlannedRun[],
  { profile, masterProfile }: ProfileOptions,
): Promise<(run: PlannedRun) => RunForecast | null> {
  const [first] = plan;
  const inputShape = first && (await sampleShape(first.contestant.spec, undefined));
  if (profile === undefined || inputShape === undefined) return () => null;
  return ({ contestant: { mode, spec }, boards: count }) => {
    const { boards, master } = profiledFleet(profile, count, masterProfile);
    // The emulated network is that of direct links, whatever frames really go through.
    const expected = forecastMode(mode, { spec, inputShape, boards, master, hub: 'none' });
    return expected.fits ? figuresOf(expected) : null;
  };
}

function figuresOf({ result }: FittingMode): RunForecast {
  const { stepMs, bytes, joules } = result;
  const workers = result.positions.slice(1);
  const idleShare = workers.reduce((sum, each) => sum + each.idleShare, 0) / workers.length;
  return { stepMs, idleShare, bytesPerStep: bytes, joulesPerStep: joules ?? 0 };
}
