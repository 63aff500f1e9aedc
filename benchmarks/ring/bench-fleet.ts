// A fleet of processes on this machine, as `ringtmp up` starts it, on which benchmarks train.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { followToEnd } from '../../cli/follow.js';
import { asOperator } from '../../cli/operator.js';
import { startRun } from '../../cli/train.js';
import { LocalFleet } from '../../cli/up/local-fleet.js';
import type { View } from '../../cli/view/view.js';
import type { EngineName } from '../../compute/kernels.js';
import { RunError } from '../../errors.js';
import type { PlanEntry, RunMetrics } from '../../protocol/messages.js';
import { runSpecSchema } from '../../protocol/run-spec.js';

export interface TrainedRun {
  readonly metrics: readonly RunMetrics[];
  readonly plan: readonly PlanEntry[];
}

export interface BenchFleet {
  readonly boardPids: readonly number[];
  readonly brokerPid: number | null;
  /** @throws RunError, RemoteError when it does not finish */
  train(run: object, onMetrics?: (metrics: RunMetrics) => void): Promise<TrainedRun>;
  close(): Promise<void>;
}

export interface BenchFleetOptions {
  readonly boards: number;
  readonly engine: EngineName;
  readonly dataFolders: readonly string[];
}

const FLEET = 'bench';

export async function startBenchFleet({ boards, engine, dataFolders }: BenchFleetOptions): Promise<BenchFleet> {
  const runsFolder = await mkdtemp(join(tmpdir(), 'ringtmp-bench-'));
  const fleet = new LocalFleet({ fleet: FLEET, boards, port: 0, runsFolder, dataFolders, engine, env: process.env });
  const close = async (): Promise<void> => {
    await fleet.stop();
    await rm(runsFolder, { recursive: true, force: true });
  };
  await fleet.start().catch(async (error) => {
    await close();
    throw error;
  });
  return {
    boardPids: fleet.boardPids,
    brokerPid: fleet.brokerPid ?? null,
    train: (run, onMetrics) => train(fleet, { ...run, boards }, onMetrics),
    close,
  };
}

/** Whether this version knows such runs at all. */
export function isKnown(run: object): boolean {
  return runSpecSchema.safeParse(run).success;
}

async function train(fleet: LocalFleet, run: object, onMetrics?: (metrics: RunMetrics) => void): Promise<TrainedRun> {
  const metrics: RunMetrics[] = [];
  const collect: View = {
    show: (_model, update) => {
      if (update.type !== 'metrics') return;
      metrics.push(update.metrics);
      onMetrics?.(update.metrics);
    },
    end: () => undefined,
    close: () => undefined,
  };
  const interrupt = new AbortController().signal;
  const { failure } = fleet;
  const status = await asOperator({ broker: fleet.url, fleet: FLEET }, async (client) => {
    const started = await startRun(client, runSpecSchema.parse(run));
    return followToEnd({ client, run: started.run, view: collect, interrupt, onInterrupt: 'stop', failure });
  });
  if (status?.state === 'finished') return { metrics, plan: status.plan };
  throw new RunError(`a run of the benchmark ended ${status?.state}: ${status?.error?.message ?? ''}`, {
    remedy: 'Train the same by hand with `ringtmp up` to see more.',
  });
}
