// One run that faults befall: the next comes a while after the run has recovered from the one before and has kept what it
// reached since, so that it gets ahead.

import { setTimeout as sleep } from 'node:timers/promises';
import { RunError } from '../../errors.js';
import type { EvaluationResult, RunState } from '../../protocol/messages.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { asOperator } from '../operator.js';
import { startRun } from '../train.js';
import { type BatteredFleet, FLEET } from './battered-fleet.js';
import type { PlannedFault } from './fault-plan.js';
import { inject } from './inject.js';
import { type InjectedFault, isOver, isSettled, type Recovery, recoveryOf } from './recovery.js';
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
  readonly signal: AbortSignal;
}

export type BefallenFault = InjectedFault & Recovery;

export interface BatteredRun {
  readonly run: string;
  readonly folder: string;
  readonly steps: number;
  readonly seconds: number;
  readonly faults: readonly BefallenFault[];
  readonly evaluation: EvaluationResult | null;
  /** Why it did not finish; null when it did. */
  readonly failure: string | null;
}

const LOOK_MS = 200;
/** After that a run has not recovered. */
const PATIENCE_MS = 120_000;
/** The answer of a master that has much to do. */
const STOP_MS = 10_000;

/** @throws the signal's reason */
export async function batteredRun(options: BatteredRunOptions): Promise<BatteredRun> {
  const { fleet, spec, signal, nextFault, onFault } = options;
  const beganMs = Date.now();
  const { run, folder } = await asOperator({ broker: fleet.local.url, fleet: FLEET }, (client) => {
    return startRun(client, spec, signal);
  });
  const reader = new TraceReader(folder);
  const faults: InjectedFault[] = [];
  const failure = await attempt(async () => {
    await settled(reader, beganMs, signal);
    for (let fault = nextFault(0); fault !== null; fault = nextFault(faults.length)) {
      await quiet(reader, options.everyMs, faults.at(-1)?.overMs ?? beganMs, signal);
      if (isOver(await reader.read())) break;
      const injected = await inject(fleet, fault, folder, signal);
      faults.push(injected);
      await settled(reader, injected.overMs, signal);
      onFault({ ...injected, ...recoveryOf(injected, await reader.read(), Number.POSITIVE_INFINITY) });
    }
    if (!options.isStoppedAfterwards) await ended(reader, signal);
  }, signal);
  const trouble = options.isStoppedAfterwards ? await attempt(() => stopped(fleet, run, reader, signal), signal) : null;
  const trace = await reader.read();
  return {
    run,
    folder,
    steps: (trace.steps.at(-1)?.step ?? -1) + 1,
    seconds: (Date.now() - beganMs) / 1000,
    faults: faults.map((fault, index) => ({
      ...fault,
      ...recoveryOf(fault, trace, faults[index + 1]?.atMs ?? Number.POSITIVE_INFINITY),
    })),
    evaluation: lastOf(trace, 'evaluated') ?? null,
    failure:
      failure ?? trouble ?? unfinished(trace, options.isStoppedAfterwards ? ['finished', 'stopped'] : ['finished']),
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

async function stopped(fleet: BatteredFleet, run: string, reader: TraceReader, signal: AbortSignal): Promise<void> {
  if (isOver(await reader.read())) return;
  await asOperator({ broker: fleet.local.url, fleet: FLEET }, (client) => client.request('stop', { run }, STOP_MS));
  await ended(reader, signal);
}

function unfinished(trace: Trace, asItShould: readonly RunState[]): string | null {
  const state = stateOf(trace);
  return asItShould.includes(state) ? null : (lastOf(trace, 'state')?.error?.message ?? `the run is ${state}`);
}

/** The run goes on, or it has ended. */
function settled(reader: TraceReader, sinceMs: number, signal: AbortSignal): Promise<void> {
  return until(reader, (trace) => isSettled(trace, sinceMs, Date.now()), 'has not recovered', signal);
}

/** Nothing befalls it for a while: what was not our doing is awaited, too. */
async function quiet(reader: TraceReader, everyMs: number, sinceMs: number, signal: AbortSignal): Promise<void> {
  const endMs = Date.now() + everyMs;
  const isQuiet = (trace: Trace) => Date.now() >= endMs && isSettled(trace, sinceMs, Date.now());
  await until(reader, isQuiet, 'has not recovered', signal, everyMs);
}

/** As long as it gets ahead. */
async function ended(reader: TraceReader, signal: AbortSignal): Promise<void> {
  for (let trace = await reader.read(); !isOver(trace); trace = await reader.read()) {
    const reached = trace.steps.length;
    await until(reader, ({ steps }) => steps.length > reached, 'gets no further', signal);
  }
}

async function until(
  reader: TraceReader,
  isSo: (trace: Trace) => boolean,
  otherwise: string,
  signal: AbortSignal,
  besidesMs = 0,
): Promise<void> {
  const endMs = Date.now() + PATIENCE_MS + besidesMs;
  for (let trace = await reader.read(); !isSo(trace) && !isOver(trace); trace = await reader.read()) {
    if (Date.now() > endMs) throw new RunError(`the run ${otherwise} within ${PATIENCE_MS / 1000} s`);
    await sleep(LOOK_MS, undefined, { signal });
  }
}
