// `ringtmp verify`: does a fleet compute what one process computes? Trains twice and compares.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contestantOf, variantsNamed } from '../../comparison/contestants.js';
import { bestEngine } from '../../compute/available-engines.js';
import { mostBoards } from '../../master/planner.js';
import type { RunStatus } from '../../protocol/run-messages.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { followToEnd } from '../follow.js';
import { aborted, catchInterrupts } from '../interrupts.js';
import { asOperator } from '../operator.js';
import { FAILURE, INTERRUPTED } from '../report-failure.js';
import { type BlasOptions, blasArguments, blasSettings, type EngineChoice } from '../resources.js';
import { dataFoldersOf } from '../run-file.js';
import { exitCodeOf, startUnlessInterrupted } from '../train.js';
import { chooseEngine } from '../up/choose-engine.js';
import { LocalFleet } from '../up/local-fleet.js';
import { boardsFor } from '../up/up.js';
import { createView, type View } from '../view/view.js';
import { judge, outcomeOf, standardOf, type Verdict } from './outcome.js';
import { trainReference } from './reference.js';
import { verdictText } from './render-verdict.js';

export interface VerifyOptions extends BlasOptions {
  readonly boards?: number;
  readonly engine?: EngineChoice;
  readonly variant?: string;
  readonly json?: boolean;
}

const FLEET = 'verify';
const ANY_PORT = 0;
const USUAL_WIDTH = 100;

/** @returns the exit code: 0 only when both agree */
export async function verify(file: string, options: VerifyOptions): Promise<number> {
  const spec = await exactSpec(file, options);
  const boards = boardsFor(options.boards, spec);
  const runsFolder = await mkdtemp(join(tmpdir(), 'ringtmp-verify-'));
  const fleet = localFleet(spec, boards, runsFolder, options);
  const interrupt = catchInterrupts(() => fleet.kill());
  try {
    const asked = { ...spec, boards: spec.boards ?? Math.min(boards, mostBoards(spec)) };
    const verdict = await trainTwice(asked, fleet, options, interrupt);
    if (verdict === null) return INTERRUPTED;
    announce(verdict, spec, options);
    return verdict.matches ? 0 : FAILURE;
  } finally {
    await fleet.stop();
    await rm(runsFolder, { recursive: true, force: true });
  }
}

/**
 * With one engine for both: results of another are others.
 * @throws ConfigurationError for an unknown variant
 */
export async function exactSpec(
  file: string,
  options: BlasOptions & Pick<VerifyOptions, 'engine' | 'variant'>,
): Promise<RunSpec> {
  const { engine, spec } = await chooseEngine(file, options.engine);
  const blas = await blasSettings(options);
  const exact = { ...(spec as RunSpec), engine: engine === 'auto' ? await bestEngine(blas) : engine };
  const [variant] = options.variant === undefined ? [] : variantsNamed([options.variant]);
  return variant === undefined ? exact : contestantOf(variant, exact).spec;
}

function localFleet(spec: RunSpec, boards: number, runsFolder: string, options: VerifyOptions): LocalFleet {
  return new LocalFleet({
    fleet: FLEET,
    boards,
    port: ANY_PORT,
    runsFolder,
    dataFolders: [process.cwd(), ...dataFoldersOf(spec.data)],
    engine: spec.engine,
    blasArguments: blasArguments(options),
    env: process.env,
  });
}

async function trainTwice(
  spec: RunSpec,
  fleet: LocalFleet,
  options: VerifyOptions,
  interrupt: AbortSignal,
): Promise<Verdict | null> {
  const { json = false } = options;
  const inTurn = async <T>(work: (view: View) => Promise<T>): Promise<T> => {
    const view = await createView(process.stdout, json);
    // No summary: what it points to is gone at the end.
    return work({ ...view, end: () => undefined }).finally(() => view.close());
  };
  const { runsFolder } = fleet;
  if (!json) console.log('In one process:');
  const alone = await inTurn((view) => trainReference(spec, { ...options, runsFolder, view, interrupt }));
  if (alone === null) return null;
  if (!json) console.log(`\nOn a fleet of a master and ${spec.boards} boards:`);
  await Promise.race([fleet.start(), fleet.failure, aborted(interrupt)]);
  if (interrupt.aborted) return null;
  const together = await inTurn((view) => trainOnFleet(spec, fleet, view, interrupt));
  if (together === null) return null;
  return judge(standardOf(spec), await outcomeOf(alone), await outcomeOf(together));
}

async function trainOnFleet(
  spec: RunSpec,
  { url, failure }: LocalFleet,
  view: View,
  interrupt: AbortSignal,
): Promise<RunStatus | null> {
  return asOperator({ broker: url, fleet: FLEET }, async (client) => {
    const started = await startUnlessInterrupted({ client, spec, view, interrupt, failure, callOffMs: 0 });
    if (started === null) return null;
    const { run } = started;
    const status = await followToEnd({ client, run, view, interrupt, onInterrupt: 'stop', failure });
    return exitCodeOf(status, interrupt) === 0 ? status : null;
  });
}

function announce(verdict: Verdict, { mode, engine }: RunSpec, { json }: VerifyOptions): void {
  if (json) console.log(JSON.stringify({ type: 'verified', mode, engine, ...verdict }));
  else console.log(`\n${verdictText(verdict, mode, process.stdout.columns ?? USUAL_WIDTH)}`);
}
