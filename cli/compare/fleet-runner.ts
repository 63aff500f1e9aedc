// One run of a comparison on a fleet of its own: nothing of the run before is left, neither memory nor a board that
// it broke. What it measured is read from the run's folder, which is then removed.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureRun } from '../../comparison/measure.js';
import type { PlannedRun } from '../../comparison/plan.js';
import { readRawRun } from '../../comparison/raw-run.js';
import type { RunStatus } from '../../protocol/run-messages.js';
import { type RunSpec, stepsTogether } from '../../protocol/run-spec.js';
import type { FleetClient } from '../fleet-client.js';
import { followToEnd } from '../follow.js';
import { aborted } from '../interrupts.js';
import { asOperator } from '../operator.js';
import { dataFoldersOf } from '../run-file.js';
import { startUnlessInterrupted } from '../train.js';
import { LocalFleet, type LocalFleetOptions } from '../up/local-fleet.js';
import type { View } from '../view/view.js';
import type { Attempt, Runner } from './contest.js';

export type FleetSettings = Omit<LocalFleetOptions, 'boards' | 'port' | 'runsFolder' | 'dataFolders'>;

export interface FleetWatcher {
  /** What the run under way tells. */
  onStatus(status: RunStatus): void;
  /** The fleet under way, for whoever must end it at once; null when it has ended. */
  onFleet(fleet: LocalFleet | null): void;
}

const ANY_PORT = 0;

export function fleetRunner(settings: FleetSettings, watcher: FleetWatcher): Runner {
  return async (run, interrupt) => {
    const signal = AbortSignal.any([interrupt]); // takes what listens to it along when it goes
    const runsFolder = await mkdtemp(join(tmpdir(), 'ringtmp-compare-'));
    const dataFolders = [process.cwd(), ...dataFoldersOf(run.contestant.spec.data)];
    const fleet = new LocalFleet({ ...settings, boards: run.boards, port: ANY_PORT, runsFolder, dataFolders });
    watcher.onFleet(fleet);
    try {
      await Promise.race([fleet.start(), fleet.failure, aborted(signal)]);
      return signal.aborted ? null : await attempt(fleet, settings.fleet, run, { signal, watcher });
    } finally {
      await fleet.stop();
      watcher.onFleet(null);
      await rm(runsFolder, { recursive: true, force: true });
    }
  };
}

interface Watching {
  readonly signal: AbortSignal;
  readonly watcher: FleetWatcher;
}

/** A fleet that started and a run that did not go well: that is a result. */
async function attempt(fleet: LocalFleet, name: string, run: PlannedRun, watching: Watching): Promise<Attempt | null> {
  const { signal } = watching;
  const spec = { ...run.contestant.spec, boards: run.boards };
  try {
    const access = { broker: fleet.url, fleet: name };
    const status = await asOperator(access, (client) => follow(client, spec, fleet, watching));
    return status === null || signal.aborted ? null : await attemptOf(status, spec);
  } catch (error) {
    if (signal.aborted) return null;
    return failed(error instanceof Error ? error.message : String(error));
  }
}

async function follow(
  client: FleetClient,
  spec: RunSpec,
  { failure }: LocalFleet,
  { signal: interrupt, watcher }: Watching,
): Promise<RunStatus | null> {
  const started = await startUnlessInterrupted({ client, spec, interrupt, failure, callOffMs: 0 });
  if (started === null) return null;
  const view: View = {
    show: ({ status }) => status && watcher.onStatus(status),
    end: () => undefined,
    close: () => undefined,
  };
  return followToEnd({ client, run: started.run, view, interrupt, onInterrupt: 'stop', failure });
}

function failed(failure: string): Attempt {
  return { figures: null, failure, raw: new Map() };
}

async function attemptOf({ state, error, folder }: RunStatus, spec: RunSpec): Promise<Attempt> {
  if (state !== 'finished') return failed(error?.message ?? `the run was ${state}`);
  const text = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  const [metrics, journal, positions] = await Promise.all(['metrics.csv', 'journal.ndjson', 'figures.json'].map(text));
  const files = { metrics: metrics as string, journal: journal as string, figures: positions as string };
  const raw = new Map([
    ['metrics.csv', files.metrics],
    ['journal.ndjson', files.journal],
    ['figures.json', files.figures],
  ]);
  const figures = measureRun(readRawRun(files), spec.training.batch, stepsTogether(spec));
  return { figures, failure: null, raw };
}
