// Who trains the same model: one process, two boards under each schedule and kind of link that this
// version knows, a PyTorch pipeline. All in turns, on one fleet that stays up.

import type { EngineName } from '../../compute/kernels.js';
import type { PlanEntry } from '../../protocol/assignment.js';
import type { Pinning } from '../pinning.js';
import type { Progress } from '../progress.js';
import type { BenchFleet } from './bench-fleet.js';
import { trainAlone } from './one-process.js';
import { pyTorchPipeline } from './pytorch-pipeline.js';
import { samplesPerSecond } from './throughput.js';
import { isKnown } from './trained-run.js';
import { runOf, type Variant, type Workload } from './workload.js';

export const ALONE = 'one process';
export const PIPELINE = 'PyTorch pipeline';
export const SCHEDULES = ['sync', 'async'] as const;
export const LINKS = ['hub', 'direct'] as const;

export interface Competitor {
  readonly name: string;
  /** Samples a second; `null` where it is not here. */
  train(): Promise<number | null>;
}

export interface Contest {
  readonly workload: Workload;
  /** Samples a second of each round, by name. */
  readonly rates: ReadonlyMap<string, readonly number[]>;
  /** Layers of each board, as the master shared them out, by name. */
  readonly plans: ReadonlyMap<string, string>;
}

export interface Setting {
  readonly workload: Workload;
  readonly engine: EngineName | 'auto';
  readonly python: string;
  /** Of the data. */
  readonly folder: string;
  readonly fleet: BenchFleet;
  readonly pinning: Pinning;
}

export interface Competitors {
  readonly all: readonly Competitor[];
  readonly plans: Map<string, string>;
}

export function competitors(setting: Setting): Competitors {
  const { workload, engine, python, folder, pinning } = setting;
  const plans = new Map<string, string>();
  const alone = () => trainAlone(runOf(workload, engine, folder), workload, folder, pinning);
  const rings = SCHEDULES.flatMap((schedule) => LINKS.map((links) => ringOf({ schedule, links }, setting, plans)));
  return {
    all: [{ name: ALONE, train: alone }, ...rings, { name: PIPELINE, train: () => pyTorchPipeline(python, workload) }],
    plans,
  };
}

export function nameOf(schedule: string, links: string): string {
  return `${schedule}, ${links}`;
}

function ringOf(variant: Required<Variant>, setting: Setting, plans: Map<string, string>): Competitor {
  const { workload, fleet } = setting;
  const name = nameOf(variant.schedule, variant.links);
  const run = runFor(variant, setting);
  const train = async (): Promise<number | null> => {
    if (run === null) return null;
    const { metrics, plan, warnings } = await fleet.train(run);
    plans.set(name, [planText(plan), ...warnings].join('; '));
    return samplesPerSecond(metrics, workload.warmUpSteps, workload.batch);
  };
  return { name, train };
}

/** A version whose run files say nothing of links has the hub alone. */
function runFor({ schedule, links }: Required<Variant>, { workload, engine, folder }: Setting): object | null {
  const variants: Variant[] = [{ schedule, links }, ...(links === 'hub' ? [{ schedule }] : [])];
  return variants.map((variant) => runOf(workload, engine, folder, variant)).find(isKnown) ?? null;
}

function planText(plan: readonly PlanEntry[]): string {
  const boards = plan.filter(({ position }) => position > 0);
  return boards.map(({ firstLayer, endLayer }) => `${firstLayer}–${endLayer - 1}`).join(' | ');
}

export async function hold(
  { all, plans }: Competitors,
  workload: Workload,
  rounds: number,
  progress: Progress,
): Promise<Contest> {
  const rates = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const { name, train } of all) {
      progress(`ring, round ${round + 1} of ${rounds}: ${name}`);
      const rate = await train();
      if (rate !== null) rates.set(name, [...(rates.get(name) ?? []), rate]);
    }
  }
  return { workload, rates, plans };
}
