// The joules of positions and where they come from, and the one way to add them up: what was measured and what was not
// never pass for each other, in a run's metrics, its summary and a comparison.

import { z } from 'zod';
import { PHASES, type Phase } from './phases.js';

const amount = z.number().min(0);

/** Measured by a chip, worked out from a model of the board, or made up to try things out. */
export const ENERGY_SOURCES = ['measured', 'modelled', 'simulated'] as const;
export type EnergySource = (typeof ENERGY_SOURCES)[number];

/** Of several positions: mixed where they differ. */
export const FLEET_ENERGY_SOURCES = [...ENERGY_SOURCES, 'mixed'] as const;
export type FleetEnergySource = (typeof FLEET_ENERGY_SOURCES)[number];

/** Of one position, by what it was doing. */
export const energySchema = z.object({
  source: z.enum(ENERGY_SOURCES),
  joules: z.record(z.enum(PHASES), amount),
});
export type Energy = z.output<typeof energySchema>;

export interface PositionEnergy {
  readonly position: number;
  /** Null where it does not tell. */
  readonly energy: Energy | null | undefined;
}

/** Of all positions that tell. */
export interface FleetEnergy {
  readonly source: FleetEnergySource;
  readonly joules: number;
  readonly byPhase: Readonly<Record<Phase, number>>;
  /** Of the sources that there are. */
  readonly bySource: Readonly<Partial<Record<EnergySource, number>>>;
  /** How many tell. */
  readonly positions: number;
  /** Whether position 0 is among them: a master that is no emulated board knows nothing of its own. */
  readonly withMaster: boolean;
}

/** @returns null where no position tells any */
export function fleetEnergy(positions: readonly PositionEnergy[]): FleetEnergy | null {
  const told = positions.flatMap(({ position, energy }) => (energy ? [{ position, ...energy }] : []));
  const [first] = told;
  if (first === undefined) return null;
  const phases = PHASES.map((phase) => [phase, sum(told.map(({ joules }) => joules[phase]))]);
  const sources = ENERGY_SOURCES.filter((source) => told.some((each) => each.source === source));
  const of = (source: EnergySource) => sum(told.map((each) => (each.source === source ? joulesIn(each) : 0)));
  return {
    source: sources.length > 1 ? 'mixed' : first.source,
    joules: sum(told.map(joulesIn)),
    byPhase: Object.fromEntries(phases),
    bySource: Object.fromEntries(sources.map((source) => [source, of(source)])),
    positions: new Set(told.map(({ position }) => position)).size,
    withMaster: told.some(({ position }) => position === 0),
  };
}

export function joulesIn({ joules }: Pick<Energy, 'joules'>): number {
  return sum(Object.values(joules));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
