// One run that may be too large, on a fleet of its own, and what came of it: whoever reads a limit should know what
// set it.

import type { LimitAttempt } from '../../comparison/limits.js';
import { RemoteError, TimeoutError } from '../../errors.js';
import type { RunState, RunStatus } from '../../protocol/run-messages.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import type { FleetClient } from '../fleet-client.js';
import { followToEnd } from '../follow.js';
import { asOperator } from '../operator.js';
import { startUnlessInterrupted } from '../train.js';
import type { LocalFleet } from '../up/local-fleet.js';
import type { View } from '../view/view.js';
import { FLEET, type FleetSettings, onHeldFleet } from './held-fleet.js';
import type { MemoryLimit } from './memory-limit.js';

export type Outcome = Pick<LimitAttempt, 'outcome' | 'reason'>;

/** A run of a few small steps that lasts longer will not end. */
const ATTEMPT_MS = 180_000;

/** A busy computer may be too slow once. */
const STARTS = 2;

/**
 * @returns null when it was interrupted
 * @throws an error of errors.ts when the fleet does not start, which tells nothing of the model
 */
export async function attempt(spec: RunSpec, limit: MemoryLimit, settings: FleetSettings): Promise<Outcome | null> {
  for (let left = STARTS - 1; ; left--) {
    try {
      return await attemptOnce(spec, limit, settings);
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

async function attemptOnce(spec: RunSpec, limit: MemoryLimit, settings: FleetSettings): Promise<Outcome | null> {
  const held = await limit.hold(spec.boards as number);
  const interrupt = AbortSignal.any([settings.interrupt]); // takes what listens to it along when it goes
  const watch = new Watch(interrupt);
  try {
    let hasStarted = false;
    const work = (fleet: LocalFleet) => {
      hasStarted = true;
      return train(fleet, spec, watch);
    };
    const made = onHeldFleet({ ...settings, interrupt }, held, work);
    const outcome = await made.catch(async (error) => {
      if (!hasStarted && !interrupt.aborted && (await held.killed()).length === 0) throw error; // unless the kernel did it
      return failed(error);
    });
    if (interrupt.aborted) return null;
    const killed = await held.killed();
    return killed.length > 0 ? outOfMemory(killed, watch.state) : outcome;
  } finally {
    await held.close();
  }
}

/** What is known of the run under way. */
class Watch {
  state: RunState | null = null;

  constructor(readonly interrupt: AbortSignal) {}

  readonly view: View = {
    show: ({ status }) => {
      this.state = status?.state ?? this.state;
    },
    end: () => undefined,
    close: () => undefined,
  };
}

async function train(fleet: LocalFleet, spec: RunSpec, watch: Watch): Promise<Outcome | null> {
  const late = deadline(ATTEMPT_MS);
  const failure = Promise.race([fleet.failure, late.passed]);
  failure.catch(() => undefined); // also when nobody waits for it yet
  try {
    const access = { broker: fleet.url, fleet: FLEET };
    const status = await asOperator(access, (client) => follow(client, spec, watch, failure));
    return status && outcomeOf(status);
  } finally {
    late.clear();
  }
}

async function follow(client: FleetClient, spec: RunSpec, { interrupt, view }: Watch, failure: Promise<never>) {
  const started = await startUnlessInterrupted({ client, spec, interrupt, failure, callOffMs: 0 });
  if (started === null) return null;
  return followToEnd({ client, run: started.run, view, interrupt, onInterrupt: 'stop', failure });
}

function deadline(afterMs: number): { readonly passed: Promise<never>; clear(): void } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(`the run took more than ${afterMs / 1000} s`)), afterMs);
  });
  return { passed, clear: () => clearTimeout(timer) };
}

/** A run counts when its steps are done, its loss is a number and the master has its weights. */
export function outcomeOf({ state, step, steps, loss, error }: RunStatus): Outcome {
  if (error) return failed(new RemoteError(error));
  if (state !== 'finished') return { outcome: 'failed', reason: `the run was ${state}` };
  if (step < steps) return { outcome: 'failed', reason: `the run ended after ${step} of ${steps} steps` };
  if (loss === null || !Number.isFinite(loss)) return { outcome: 'failed', reason: `the loss was ${loss}` };
  return { outcome: 'trained', reason: null };
}

export function failed(error: unknown): Outcome {
  const reason = error instanceof Error ? error.message : String(error);
  const code = error instanceof RemoteError || error instanceof TimeoutError ? error.code : '';
  if (code === 'capacity') return { outcome: 'refused', reason };
  return { outcome: code === 'timeout' ? 'timed out' : 'failed', reason };
}

/** Whatever the fleet tells of it, this is why. */
function outOfMemory(boards: readonly number[], state: RunState | null): Outcome {
  const names = boards.map((board) => `board-${board}`).join(', ');
  const when = (state && DOING[state]) ?? 'before it trained';
  return { outcome: 'out of memory', reason: `the kernel killed ${names} ${when}` };
}

const DOING: Partial<Record<RunState, string>> = {
  running: 'while it trained',
  collecting: 'while the master collected the weights',
};
