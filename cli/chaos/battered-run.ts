// One run that faults befall: the next comes a while after the run has recovered from the one before and has kept what it
// reached since, so that it gets ahead.

import { setTimeout as sleep } from 'node:timers/promises';
import { RunError } from '../../errors.js';
import type { EvaluationResult, RunState } from '../../protocol/run-messages.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { asOperator } from '../operator.js';
import { startRun } from '../train.js';
import { type BatteredFleet, FLEET } from './battered-fleet.js';
import type { PlannedFault } from './fault-plan.js';
import { inject } from './inject.js';
import { type InjectedFault, isOver, isOvercome, isSettled, type Recovery, recoveryOf } from './recovery.js';
import { lastOf, stateOf, type Trace, TraceReader } from './trace.js';

export interface BatteredRunOptions {
  readonly fleet: BatteredFleet;
  readonly spec: RunSpec;
  /** Null: no more in this run. */
  readonly nextFault: (index: number) => PlannedFault | null;
  /** Between a recovery and the next fault. */
  readonly everyMs: number;
  /** A fault has been overcome. */
  readonly onFault: (fault: BefallenFault) => void;
  /** It was for the faults alone: it is stopped once no more come, or it has not recovered. */
  readonly isStoppedAfterwards?: boolean;
  /** After that it has not recovered; two minutes unless told. A cut must come meanwhile. */
  readonly patienceMs?: number;
  readonly signal: AbortSignal;
}

export type BefallenFault = InjectedFault & Recovery;

export interface BatteredRun {
  readonly run: string;
  readonly folder: string;
  readonly steps: number;
  readonly seconds: number;
  /** Those that it has got over; of one that failed all. */
  readonly faults: readonly BefallenFault[];
  readonly evaluation: EvaluationResult | null;
  /** Why it did not finish; null when it did. */
  readonly failure: string | null;
}

const LOOK_MS = 200;
const USUAL_PATIENCE_MS = 120_000;
/** The answer of a master that has much to do. */
const STOP_MS = 10_000;

/** @throws the signal's reason */
export async function batteredRun(options: BatteredRunOptions): Promise<BatteredRun> {
  const { fleet, spec, signal, nextFault, onFault, patienceMs = USUAL_PATIENCE_MS } = options;
  const beganMs = Date.now();
  const { run, folder } = await asOperator({ broker: fleet.local.url, fleet: FLEET }, (client) => {
    return startRun(client, spec, signal);
  });
  const reader = new TraceReader(folder);
  const awaiting = { reader, patienceMs, signal };
  const faults: InjectedFault[] = [];
  let told = 0;
  const failure = await attempt(async () => {
    await settled(awaiting, beganMs);
    for (let fault = nextFault(0); fault !== null; fault = nextFault(faults.length)) {
      await quiet(awaiting, options.everyMs, faults.at(-1)?.overMs ?? beganMs);
      if (isOver(await reader.read())) break;
      const injected = await inject(fleet, fault, folder, signal);
      faults.push(injected);
      const goesOn = await settled(awaiting, injected.overMs);
      const trace = await reader.read();
      if (!goesOn && !isOvercome(injected, trace)) break;
      told = faults.length;
      onFault({ ...injected, ...recoveryOf(injected, trace, Number.POSITIVE_INFINITY) });
    }
    if (!options.isStoppedAfterwards) await ended(awaiting);
  }, signal);
  const trouble = options.isStoppedAfterwards ? await attempt(() => stopped(fleet, run, awaiting), signal) : null;
  const trace = await reader.read();
  const asItShould: RunState[] = options.isStoppedAfterwards ? ['finished', 'stopped'] : ['finished'];
  const failed = failure ?? trouble ?? unfinished(trace, asItShould);
  // Where a run ended well, but at once, nobody knows what the last one would have done to it.
  const counted = faults.slice(0, failed === null ? told : faults.length);
  return {
    run,
    folder,
    steps: (trace.steps.at(-1)?.step ?? -1) + 1,
    seconds: (Date.now() - beganMs) / 1000,
    faults: counted.map((fault, index) => ({
      ...fault,
      ...recoveryOf(fault, trace, faults[index + 1]?.atMs ?? Number.POSITIVE_INFINITY),
    })),
    evaluation: lastOf(trace, 'evaluated') ?? null,
    failure: failed,
  };
}

async function attempt(work: () => Promise<void>, signal: AbortSignal): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RunError) return error.message;
    throw error;
  }
}

async function stopped(fleet: BatteredFleet, run: string, awaiting: Awaiting): Promise<void> {
  if (isOver(await awaiting.reader.read())) return;
  await asOperator({ broker: fleet.local.url, fleet: FLEET }, (client) => client.request('stop', { run }, STOP_MS));
  await ended(awaiting);
}

function unfinished(trace: Trace, asItShould: readonly RunState[]): string | null {
  const state = stateOf(trace);
  return asItShould.includes(state) ? null : (lastOf(trace, 'state')?.error?.message ?? `the run is ${state}`);
}

interface Awaiting {
  readonly reader: TraceReader;
  readonly patienceMs: number;
  readonly signal: AbortSignal;
}

/** @returns whether the run goes on; else it has ended */
function settled(awaiting: Awaiting, sinceMs: number): Promise<boolean> {
  return until(awaiting, (trace) => isSettled(trace, sinceMs, Date.now()), 'has not recovered');
}

/** Nothing befalls it for a while: what was not our doing is awaited, too. */
async function quiet(awaiting: Awaiting, everyMs: number, sinceMs: number): Promise<void> {
  const endMs = Date.now() + everyMs;
  const isQuiet = (trace: Trace) => Date.now() >= endMs && isSettled(trace, sinceMs, Date.now());
  await until({ ...awaiting, patienceMs: awaiting.patienceMs + everyMs }, isQuiet, 'has not recovered');
}

/** As long as it gets ahead. */
async function ended(awaiting: Awaiting): Promise<void> {
  const { reader } = awaiting;
  for (let trace = await reader.read(); !isOver(trace); trace = await reader.read()) {
    const reached = trace.steps.length;
    await until(awaiting, ({ steps }) => steps.length > reached, 'gets no further');
  }
}

async function until(awaiting: Awaiting, isSo: (trace: Trace) => boolean, otherwise: string): Promise<boolean> {
  const { reader, patienceMs, signal } = awaiting;
  const endMs = Date.now() + patienceMs;
  for (let trace = await reader.read(); !isSo(trace); trace = await reader.read()) {
    if (isOver(trace)) return false;
    if (Date.now() > endMs) throw new RunError(`the run ${otherwise} within ${patienceMs / 1000} s`);
    await sleep(LOOK_MS, undefined, { signal });
  }
  return true;
}
