// `ringtmp compare`: ring and star on the same data and seed, and a report of which is better at what.

import { machineText, thisMachine } from '../../benchmarks/machine.js';
import { checkCharts } from '../../charts/chart.js';
import { contestantOf } from '../../comparison/contestants.js';
import type { Definition } from '../../comparison/definition.js';
import { type PlannedRun, planRuns } from '../../comparison/plan.js';
import type { Circumstances } from '../../comparison/report/report.js';
import { mostBoards } from '../../master/planner.js';
import type { LinkKind } from '../../protocol/links.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { catchInterrupts } from '../interrupts.js';
import { FAILURE, INTERRUPTED } from '../report-failure.js';
import { type BlasOptions, blasArguments, blasSettings, type EngineChoice } from '../resources.js';
import { chooseEngine } from '../up/choose-engine.js';
import type { LocalFleet } from '../up/local-fleet.js';
import { version } from '../version.js';
import { type CompareOutput, compareOutput } from './compare-output.js';
import { carryOut } from './contest.js';
import { fleetRunner } from './fleet-runner.js';
import { compareProgress } from './progress.js';
import { ResultStore } from './result-store.js';
import { readVariants } from './variants.js';
import { writeReport } from './write-report.js';

export interface CompareOptions extends BlasOptions {
  readonly boards: readonly number[];
  readonly variants?: string;
  readonly rounds: number;
  readonly links: LinkKind;
  readonly target?: number;
  readonly output?: string;
  readonly fresh?: boolean;
  readonly quick?: boolean;
  readonly engine?: EngineChoice;
  readonly json?: boolean;
  /** As it was typed: a figure without its command is worth little. */
  readonly command: string;
}

/** @returns the exit code */
export async function compare(file: string, options: CompareOptions): Promise<number> {
  await checkCharts();
  await blasSettings(options);
  const { engine, spec } = await chooseEngine(file, options.engine);
  const base = baseOf(spec as RunSpec, options);
  const contestants = (await readVariants(options.variants)).map((variant) => contestantOf(variant, base));
  const { boards, rounds } = options;
  const mostRingBoards = ({ spec }: { spec: RunSpec }): number => mostBoards(spec);
  const plan = planRuns({ contestants, boards, rounds, mostRingBoards });
  const store = new ResultStore(options.output ?? `runs/comparison-${base.name}`);
  await store.open();
  if (options.fresh) await store.clear();
  const output = compareOutput(process.stdout, options.json ?? false);
  output.begin(plan, store.folder);
  const results = await session(plan, engine, store, options, output);
  if (results === null) {
    output.interrupted();
    return INTERRUPTED;
  }
  const circumstances = circumstancesOf(base, options);
  const found = await writeReport({ folder: store.folder, circumstances, results, target: options.target });
  output.end(store.folder, found);
  return results.some(({ outcome }) => outcome === 'finished') ? 0 : FAILURE;
}

/** What all contestants start from. */
function baseOf(spec: RunSpec, { links, quick }: CompareOptions): RunSpec {
  const { steps: _, ...training } = spec.training;
  return { ...spec, links, ...(quick && { training: { ...training, epochs: 1 } }) };
}

async function session(
  plan: readonly PlannedRun[],
  engine: EngineChoice,
  store: ResultStore,
  options: CompareOptions,
  output: CompareOutput,
) {
  let fleet: LocalFleet | null = null;
  const signal = catchInterrupts(() => fleet?.kill());
  const progress = compareProgress(process.stderr, plan.length, () => performance.now());
  const { RINGTMP_PASSWORD: _, ...env } = process.env;
  const settings = { fleet: 'comparison', engine, blasArguments: blasArguments(options), env };
  const onFleet = (current: LocalFleet | null): void => {
    fleet = current;
  };
  try {
    return await carryOut({
      plan,
      definitionOf: definitionOf(),
      store,
      runner: fleetRunner(settings, (status) => progress.status(status), onFleet),
      signal,
      onStart: (run) => progress.started(run),
      onResult: (run, result, kept) => {
        progress.ended(run, result, kept);
        output.result(result, kept);
      },
    });
  } finally {
    progress.close();
  }
}

function definitionOf(): (run: PlannedRun) => Definition {
  return ({ contestant, boards, round }) => {
    const { spec } = contestant;
    return { version: version(), boards, round, profile: null, masterProfile: null, dilation: 1, spec };
  };
}

function circumstancesOf(base: RunSpec, { command, links }: CompareOptions): Circumstances {
  return {
    name: base.name,
    task: taskOf(base),
    command,
    machine: machineText(thisMachine()),
    version: version(),
    profile: null,
    links:
      links === 'direct'
        ? 'direct, straight to the other board, in all contestants'
        : 'through the broker, in all contestants',
  };
}

function taskOf({ data, model, training, seed }: RunSpec): string {
  const layers = model.layers.map((layer) => (layer.type === 'dense' ? `dense ${layer.units}` : layer.type));
  const { epochs, steps, batch, microBatches } = training;
  const long = steps === undefined ? `${epochs ?? 1} epochs` : `${steps} steps`;
  return `${data.source}; ${layers.join(', ')}; ${long}, batch ${batch} in ${microBatches} micro-batches; seed ${seed}`;
}
