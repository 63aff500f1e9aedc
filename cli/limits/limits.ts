// `ringtmp limits`: grows a model until each mode fails on boards of a given memory, and says what trained last.

import { freemem } from 'node:os';
import { machineText, thisMachine } from '../../benchmarks/machine.js';
import type { LimitConditions, LimitResult } from '../../comparison/limits.js';
import { ConfigurationError } from '../../errors.js';
import type { Mode } from '../../protocol/run-spec.js';
import { catchInterrupts } from '../interrupts.js';
import { makeOutputFolder } from '../output-folder.js';
import { readProfile } from '../profiles.js';
import { FAILURE, INTERRUPTED } from '../report-failure.js';
import { type BlasOptions, blasArguments, blasSettings, type EngineChoice, USUAL_ENGINE } from '../resources.js';
import type { LocalFleet } from '../up/local-fleet.js';
import { version } from '../version.js';
import { bytes } from '../view/format.js';
import { MemoryGroups } from './cgroup.js';
import { type Cell, type Growth, grow } from './grow.js';
import type { FleetSettings } from './held-fleet.js';
import { idleBytes } from './idle.js';
import { saveLimits } from './limits-file.js';
import { limitsOutput } from './limits-output.js';
import { type MemoryLimit, memoryLimit } from './memory-limit.js';
import { widthFor } from './stack.js';

export interface LimitsOptions extends BlasOptions {
  readonly boards: readonly number[];
  readonly modes: readonly Mode[];
  /** Of each board; that of the profile, where one is named. */
  readonly memory: number;
  readonly profile?: string;
  /** Share of a board's memory. */
  readonly resolution: number;
  readonly output: string;
  readonly engine?: EngineChoice;
  readonly json?: boolean;
  /** As it was typed. */
  readonly command: string;
}

/** @returns the exit code */
export async function limits(options: LimitsOptions): Promise<number> {
  const startedAt = new Date();
  const { boards, profile = null, engine = USUAL_ENGINE, resolution } = options;
  const memoryBytes = profile === null ? options.memory : readProfile(profile).memoryBytes;
  checkHost(memoryBytes, Math.max(...boards), freemem());
  await blasSettings(options);
  await makeOutputFolder(options.output);
  const settings = fleetSettings(options, engine);
  const probe = (group: Parameters<typeof idleBytes>[0]) => idleBytes(group, settings);
  const limit = await memoryLimit({ memoryBytes, probe, groups: await MemoryGroups.find() });
  if (limit === null) return INTERRUPTED;
  const output = limitsOutput(process.stdout, process.stderr, options.json ?? false);
  const width = widthFor(memoryBytes, resolution);
  output.begin(limit, memoryBytes, width);
  const growth = { width, resolution, engine, limit, settings, onAttempt: output.attempt };
  const results = await growAll(cellsOf(options), growth);
  if (results === null) return INTERRUPTED;
  const conditions = conditionsOf(options, limit, { memoryBytes, layerWidth: width, startedAt });
  const found = { profile, conditions, results };
  output.end(found, await saveLimits(options.output, found));
  return results.every(({ parameters }) => parameters > 0) ? 0 : FAILURE;
}

function cellsOf({ boards, modes }: LimitsOptions): Cell[] {
  return boards.flatMap((count) => modes.map((mode) => ({ mode, boards: count })));
}

/** @returns null when it was interrupted */
async function growAll(cells: readonly Cell[], growth: Growth): Promise<LimitResult[] | null> {
  const results: LimitResult[] = [];
  for (const cell of cells) {
    const result = await grow(cell, growth);
    if (result === null) return null;
    results.push(result);
  }
  return results;
}

function fleetSettings(options: LimitsOptions, engine: EngineChoice): FleetSettings {
  let fleet: LocalFleet | null = null;
  const interrupt = catchInterrupts(() => fleet?.kill());
  const onFleet = (current: LocalFleet | null): void => {
    fleet = current;
  };
  return { engine, blasArguments: blasArguments(options), env: process.env, interrupt, onFleet };
}

interface Known {
  readonly memoryBytes: number;
  readonly layerWidth: number;
  readonly startedAt: Date;
}

function conditionsOf({ resolution, command }: LimitsOptions, limit: MemoryLimit, known: Known): LimitConditions {
  const { kind, how, idleBytes } = limit;
  const { startedAt, ...rest } = known;
  return {
    kind,
    how,
    idleBytes,
    ...rest,
    resolution,
    command,
    machine: machineText(thisMachine()),
    version: version(),
    startedAt: startedAt.toISOString(),
    seconds: (Date.now() - startedAt.getTime()) / 1000,
  };
}

/** What a board may take, so many times: the master is held to nothing, and a star's server keeps what several push at once. */
const MASTER_BOARDS = 2.5;

/** @throws ConfigurationError before this computer itself runs out of memory */
function checkHost(memoryBytes: number, boards: number, freeBytes: number): void {
  const neededBytes = (boards + MASTER_BOARDS) * memoryBytes;
  if (neededBytes <= freeBytes) return;
  const what = `${boards} boards of ${bytes(memoryBytes)}, with a master, may take ${bytes(neededBytes)}`;
  throw new ConfigurationError(`${what}, but only ${bytes(freeBytes)} are free on this computer`, {
    remedy: 'Let there be fewer boards (--boards), or give each less memory (--memory 160MB).',
  });
}
