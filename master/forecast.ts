// What a run would take before it is run: ring and star each, simulated for a few steps on the boards' profiles. All of
// it is modelled.

import type { Range } from '../compute/partition.js';
import type { Shape } from '../compute/tensor.js';
import { CapacityError, ConfigurationError } from '../errors.js';
import { MODES, type Mode, type RunSpec } from '../protocol/run-spec.js';
import type { Simulated } from '../simulation/result.js';
import { type SimulatedRing, simulateRing } from '../simulation/ring.js';
import type { Duration, HubPlace, Machine } from '../simulation/scenario.js';
import { simulateStar } from '../simulation/star.js';
import { type ByteRule, byteRule } from './byte-rule.js';
import { mostBoards, planRing } from './planner.js';
import type { PlannedBoard } from './stage-costs.js';
import { planStar, workerShares } from './star-plan.js';

export interface ForecastBoard extends PlannedBoard {
  readonly machine: Machine;
}

export interface ForecastRequest {
  readonly spec: RunSpec;
  /** Of the data, per sample. */
  readonly inputShape: Shape;
  readonly boards: readonly ForecastBoard[];
  readonly master: ForecastBoard;
  readonly hub: HubPlace;
  /** Whether boards are left out that find no layer or sample, as a run does that asks for no number of boards. */
  readonly spares?: boolean;
  readonly duration?: Duration;
}

export interface FittingMode {
  readonly fits: true;
  /** By position; the master's first. */
  readonly agents: readonly string[];
  /** By position: layers of a ring, all of them at each worker of a star. */
  readonly layers: readonly (readonly string[])[];
  readonly result: Simulated | SimulatedRing;
}

export interface UnfitMode {
  readonly fits: false;
  readonly reason: string;
  readonly remedy: string | undefined;
}

export type ModeForecast = FittingMode | UnfitMode;

export interface Forecast {
  readonly modes: Readonly<Record<Mode, ModeForecast>>;
  /** Null where the ring does not fit: without stages there are no cuts. */
  readonly bytes: ByteRule | null;
}

/** Its speed is in the boards' figures already. */
const ANY_ENGINE = 'wasm';

export function forecast(request: ForecastRequest): Forecast {
  const modes = Object.fromEntries(MODES.map((mode) => [mode, forecastMode(mode, request)]));
  return { modes: modes as Record<Mode, ModeForecast>, bytes: bytesOf(request) };
}

/** The same run in this mode, on the boards that it would use. */
function inMode(mode: Mode, request: ForecastRequest): ForecastRequest {
  const spec = { ...withinRun(request.spec), mode };
  const boards = request.spares ? request.boards.slice(0, mostBoards(spec)) : request.boards;
  return { ...request, spec, boards };
}

/** No clock of a star has more local steps than the run has steps. */
function withinRun(spec: RunSpec): RunSpec {
  const { star, training } = spec;
  return { ...spec, star: { ...star, localSteps: Math.min(star.localSteps, training.steps ?? Infinity) } };
}

/** What does not fit is told, not thrown: the other mode may. */
export function forecastMode(mode: Mode, request: ForecastRequest): ModeForecast {
  const asked = inMode(mode, request);
  try {
    return mode === 'ring' ? forecastRing(asked) : forecastStar(asked);
  } catch (error) {
    if (!(error instanceof CapacityError || error instanceof ConfigurationError)) throw error;
    return { fits: false, reason: error.message, remedy: error.remedy };
  }
}

function forecastRing({ spec, inputShape, boards, master, hub, duration }: ForecastRequest): FittingMode {
  const { entries, windows } = planRing({ spec, inputShape, boards, master: spec.masterStage ? master : null });
  const result = simulateRing({
    spec,
    inputShape,
    machines: [master, ...boards].map(({ machine }) => machine),
    hub,
    stages: entries.map(rangeOf),
    windows,
    ...(duration && { duration }),
  });
  return {
    fits: true,
    agents: entries.map(({ agent }) => agent),
    layers: entries.map(({ layers }) => layers),
    result,
  };
}

function rangeOf({ firstLayer, endLayer }: { readonly firstLayer: number; readonly endLayer: number }): Range {
  return { first: firstLayer, end: endLayer };
}

function forecastStar({ spec, inputShape, boards, master, hub, duration }: ForecastRequest): FittingMode {
  const machines = [master, ...boards].map(({ machine }) => machine);
  const { entries, shares = [] } = planStar({ spec: { ...spec, engine: ANY_ENGINE }, inputShape, boards, master });
  return {
    fits: true,
    agents: entries.map(({ agent }) => agent),
    layers: entries.map(({ layers }) => layers),
    result: simulateStar({ spec, inputShape, machines, hub, shares, ...(duration && { duration }) }),
  };
}

function bytesOf(request: ForecastRequest): ByteRule | null {
  const { spec, inputShape, boards, master, hub } = inMode('ring', request);
  try {
    const { entries } = planRing({ spec, inputShape, boards, master: spec.masterStage ? master : null });
    const [own, ...others] = entries;
    const ranges = (spec.masterStage && own ? [...others, own] : others).map(rangeOf);
    return byteRule({ spec, inputShape, ranges, shares: sharesIn(inMode('star', request)), hub });
  } catch (error) {
    if (error instanceof CapacityError) return null;
    throw error;
  }
}

/** One sample each where a star has too many boards: it does not fit then, and its bytes are told all the same. */
function sharesIn({ spec, boards }: ForecastRequest): number[] {
  return boards.length > spec.training.batch ? boards.map(() => 1) : workerShares(spec, boards);
}
