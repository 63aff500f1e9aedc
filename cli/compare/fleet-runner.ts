// One run of a comparison on a fleet of its own: nothing of the run before is left, neither memory nor a board that
// it broke. What it measured is read from the run's folder, which is then removed.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureRun } from '../../comparison/measure.js';
import type { PlannedRun } from '../../comparison/plan.js';
import { readRawRun } from '../../comparison/raw-run.js';
import type { RunStatus } from '../../protocol/messages.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { followToEnd } from '../follow.js';
import { aborted } from '../interrupts.js';
import { asOperator } from '../operator.js';
import { dataFoldersOf } from '../run-file.js';
import { startUnlessInterrupted } from '../train.js';
import { LocalFleet, type LocalFleetOptions } from '../up/local-fleet.js';
import { summaryOf } from '../view/summary.js';
import type { View } from '../view/view.js';
import type { Attempt, Runner } from './contest.js';

export type FleetSettings = Omit<LocalFleetOptions, 'boards' | 'port' | 'runsFolder' | 'dataFolders'>;

const ANY_PORT = 0;

/**
 * @param onStatus what the run under way tells
 * @param onFleet the fleet under way, for whoever must end it at once
 */
export function fleetRunner(
  settings: FleetSettings,
  onStatus: (status: RunStatus) => void,
  onFleet: (fleet: LocalFleet | null) => void,
): Runner {
  return async (run, interrupt) => {
    const signal = AbortSignal.any([interrupt]); // takes what listens to it along when it goes
    const runsFolder = await mkdtemp(join(tmpdir(), 'ringtmp-compare-'));
    const dataFolders = [process.cwd(), ...dataFoldersOf(run.contestant.spec.data)];
    const fleet = new LocalFleet({ ...settings, boards: run.boards, port: ANY_PORT, runsFolder, dataFolders });
    onFleet(fleet);
    try {
      await Promise.race([fleet.start(), fleet.failure, aborted(signal)]);
      return signal.aborted ? null : await attempt(fleet, settings.fleet, run, { signal, onStatus });
    } finally {
      await fleet.stop();
      onFleet(null);
      await rm(runsFolder, { recursive: true, force: true });
    }
  };
}

interface Watching {
  readonly signal: AbortSignal;
  readonly onStatus: (status: RunStatus) => void;
}

/** A fleet that started and a run that did not go well: that is a result. */
async function attempt(fleet: LocalFleet, name: string, run: PlannedRun, watching: Watching): Promise<Attempt | null> {
  const { signal } = watching;
  const spec = { ...run.contestant.spec, boards: run.boards };
  try {
    const access = { broker: fleet.url, fleet: name };
    const ended = await asOperator(access, (client) => follow(client, spec, fleet, watching));
    return ended === null || signal.aborted ? null : await attemptOf(ended, spec);
  } catch (error) {
    if (signal.aborted) return null;
    return { figures: null, failure: error instanceof Error ? error.message : String(error), raw: new Map() };
  }
}

interface Ended {
  readonly status: RunStatus;
  /** As the boards told last. */
  readonly figures: string;
}

type Client = Parameters<Parameters<typeof asOperator>[1]>[0];

async function follow(client: Client, spec: RunSpec, fleet: LocalFleet, watching: Watching): Promise<Ended | null> {
  const { signal: interrupt, onStatus } = watching;
  const { failure } = fleet;
  const started = await startUnlessInterrupted({ client, spec, interrupt, failure, callOffMs: 0 });
  if (started === null) return null;
  let figures = '[]';
  const view: View = {
    show: ({ status }) => status && onStatus(status),
    end: (model) => {
      const boards = summaryOf(model)?.boards ?? [];
      figures = JSON.stringify(
        boards.map(({ position, agent, node, rssBytes }) => ({
          position,
          agent,
          figures: node,
          peakRssBytes: rssBytes,
        })),
      );
    },
    close: () => undefined,
  };
  const status = await followToEnd({ client, run: started.run, view, interrupt, onInterrupt: 'stop', failure });
  return status && { status, figures };
}

async function attemptOf({ status, figures: told }: Ended, { training }: RunSpec): Promise<Attempt> {
  if (status.state !== 'finished')
    return { figures: null, failure: status.error?.message ?? `the run was ${status.state}`, raw: new Map() };
  const text = (name: string): Promise<string> => readFile(join(status.folder, name), 'utf8');
  const metrics = await text('metrics.csv');
  const journal = await text('journal.ndjson');
  const figures = await text('figures.json').catch(() => told);
  const raw = new Map([
    ['metrics.csv', metrics],
    ['journal.ndjson', journal],
  ]);
  return { figures: measureRun(readRawRun({ metrics, journal, figures }), training.batch), failure: null, raw };
}
