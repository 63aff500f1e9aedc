// `ringtmp up`: a fleet on this machine, and a run on it. Whatever happens, nothing is left running.

import { ConfigurationError } from '../../errors.js';
import { mostBoards } from '../../master/planner.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { aborted, catchInterrupts } from '../interrupts.js';
import { asOperator } from '../operator.js';
import { INTERRUPTED } from '../report-failure.js';
import { type BlasOptions, blasArguments, blasSettings, type EngineChoice } from '../resources.js';
import { dataFoldersOf } from '../run-file.js';
import { trainToEnd } from '../train.js';
import { createView } from '../view/view.js';
import { chooseEngine } from './choose-engine.js';
import { type FleetProfileOptions, fleetProfiles } from './fleet-profiles.js';
import { USUAL_PORT, usualPortOrAny } from './free-port.js';
import { HOST, LocalFleet } from './local-fleet.js';

export interface UpOptions extends BlasOptions, FleetProfileOptions {
  readonly boards?: number;
  readonly port?: number;
  readonly keep?: boolean;
  readonly fleet: string;
  readonly runs: string;
  readonly engine?: EngineChoice;
  readonly json?: boolean;
}

const USUAL_BOARDS = 4;

/** @returns the exit code */
export async function up(file: string | undefined, options: UpOptions): Promise<number> {
  const { engine, spec } = await chooseEngine(file, options.engine);
  const profileArguments = fleetProfiles(options);
  await blasSettings(options);
  const boards = boardsFor(options.boards, spec);
  const port = options.port ?? (await usualPortOrAny(HOST));
  const fleet = new LocalFleet({
    ...options,
    engine,
    blasArguments: blasArguments(options),
    profileArguments,
    boards,
    port,
    runsFolder: options.runs,
    dataFolders: [process.cwd(), ...(spec ? dataFoldersOf(spec.data) : [])],
    env: process.env,
  });
  const interrupt = catchInterrupts(() => fleet.kill());
  try {
    await Promise.race([fleet.start(), fleet.failure, aborted(interrupt)]);
    if (interrupt.aborted) return INTERRUPTED;
    announce(fleet, boards, options);
    const run = spec && { ...spec, boards: spec.boards ?? Math.min(boards, mostBoards(spec)) };
    return await session(fleet, run, options, interrupt);
  } finally {
    await fleet.stop();
  }
}

/** @throws ConfigurationError when the run file asks for more */
export function boardsFor(asked: number | undefined, spec: RunSpec | null): number {
  const boards = asked ?? spec?.boards ?? USUAL_BOARDS;
  if (spec?.boards === undefined || spec.boards <= boards) return boards;
  throw new ConfigurationError(`the run file asks for ${spec.boards} boards, but --boards starts ${boards}`, {
    remedy: `Leave --boards out, or let it be ${spec.boards} or more.`,
  });
}

async function session(
  fleet: LocalFleet,
  spec: RunSpec | null,
  options: UpOptions,
  interrupt: AbortSignal,
): Promise<number> {
  const exitCode = spec ? await train(fleet, spec, options, interrupt) : 0;
  if (spec && !options.keep) return exitCode;
  if (!options.json) console.log('The fleet stays up until Ctrl-C.');
  await Promise.race([aborted(interrupt), fleet.failure]);
  return exitCode;
}

async function train(fleet: LocalFleet, spec: RunSpec, options: UpOptions, interrupt: AbortSignal): Promise<number> {
  const view = await createView(process.stdout, options.json ?? false);
  try {
    const access = { broker: fleet.url, fleet: options.fleet };
    const { failure } = fleet;
    return await asOperator(access, (client) => trainToEnd({ client, spec, view, interrupt, failure, callOffMs: 0 }));
  } finally {
    view.close();
  }
}

function announce({ url, logFolder }: LocalFleet, boards: number, { json, port }: UpOptions): void {
  if (json) {
    console.log(JSON.stringify({ type: 'fleet', broker: url, boards, logs: logFolder }));
    return;
  }
  const moved = port === undefined && !url.endsWith(`:${USUAL_PORT}`) ? ` (port ${USUAL_PORT} is taken)` : '';
  console.log(`A master and ${boards} ${boards === 1 ? 'board' : 'boards'} at ${url}${moved}; logs in ${logFolder}`);
}
