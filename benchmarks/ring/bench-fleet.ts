// A fleet of processes on this machine, as `ringtmp up` starts it, on which benchmarks train.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asOperator } from '../../cli/operator.js';
import { LocalFleet } from '../../cli/up/local-fleet.js';
import type { EngineName } from '../../compute/kernels.js';
import type { RunMetrics } from '../../protocol/run-messages.js';
import { type TrainedRun, trainWith } from './trained-run.js';

export interface BenchFleet {
  readonly boardPids: readonly number[];
  readonly brokerPid: number | null;
  /**
   * @param until stops it
   * @throws RunError, RemoteError when it does not finish, nor was to be stopped
   */
  train(run: object, onMetrics?: (metrics: RunMetrics) => void, until?: AbortSignal): Promise<TrainedRun>;
  close(): Promise<void>;
}

export interface BenchFleetOptions {
  readonly boards: number;
  readonly engine: EngineName | 'auto';
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
    train: (run, onMetrics, until) => {
      const access = { broker: fleet.url, fleet: FLEET };
      const { failure } = fleet;
      return asOperator(access, (client) => trainWith(client, { ...run, boards }, { failure, onMetrics, until }));
    },
    close,
  };
}
