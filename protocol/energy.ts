// The joules of positions and where they come from, and the one way to add them up: what was measured and what was not
// never pass for each other, in a run's metrics, its summary and a comparison.

import { z } from 'zod';
import { amount } from './fields.js';
import { PHASES, type Phase } from './phases.js';

/** Measured by a chip, worked out from a model of the board, or made up to try things out. */
export const ENERGY_SOURCES = ['measured', 'modelled', 'simulated'] as const;
export type EnergySource = (typeof ENERGY_SOURCES)[number];

/** Of several positions, or of one over several generations of a run: mixed where they differ. */
export const FLEET_ENERGY_SOURCES = [...ENERGY_SOURCES, 'mixed'] as const;
export type FleetEnergySource = (typeof FLEET_ENERGY_SOURCES)[number];

/** Of one position, by what it was doing. */
export const energySchema = z.object({
  source: z.enum(FLEET_ENERGY_SOURCES),
  joules: z.record(z.enum(PHASES), amount),
  /** Of a mixed one: by where they come from. */
  bySource: z.partialRecord(z.enum(ENERGY_SOURCES), amount).optional(),
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
  const bySource = joulesBySource(told);
  const sources = Object.keys(bySource) as EnergySource[];
  return {
    source: sources.length > 1 ? 'mixed' : (sources[0] ?? first.source),
    joules: sum(told.map(joulesIn)),
    byPhase: Object.fromEntries(phases),
    bySource,
    positions: new Set(told.map(({ position }) => position)).size,
    withMaster: told.some(({ position }) => position === 0),
  };
}

/** Of one position, in two stretches of time that follow each other. */
export function sumOfEnergies(earlier: Energy, later: Energy): Energy {
  const joules = Object.fromEntries(PHASES.map((phase) => [phase, earlier.joules[phase] + later.joules[phase]]));
  const bySource = joulesBySource([earlier, later]);
  const [source, ...others] = Object.keys(bySource) as EnergySource[];
  if (source !== undefined && others.length === 0) return { source, joules: joules as Energy['joules'] };
  return { source: 'mixed', joules: joules as Energy['joules'], bySource };
}

/** Of the sources that there are. */
function joulesBySource(energies: readonly Energy[]): Partial<Record<EnergySource, number>> {
  const parts = energies.flatMap((each): [EnergySource, number][] => {
    if (each.source !== 'mixed') return [[each.source, joulesIn(each)]];
    return Object.entries(each.bySource ?? {}) as [EnergySource, number][];
  });
  const of = (source: EnergySource) => parts.flatMap(([each, joules]) => (each === source ? [joules] : []));
  const known = ENERGY_SOURCES.filter((source) => of(source).length > 0);
  return Object.fromEntries(known.map((source) => [source, sum(of(source))]));
}

export function joulesIn({ joules }: Pick<Energy, 'joules'>): number {
  return sum(Object.values(joules));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
