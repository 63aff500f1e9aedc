// A run from its start to its end, with all that its steps told.

import type { FleetClient } from '../../cli/fleet-client.js';
import { followToEnd } from '../../cli/follow.js';
import { startRun } from '../../cli/train.js';
import type { View } from '../../cli/view/view.js';
import { RunError } from '../../errors.js';
import type { PlanEntry } from '../../protocol/assignment.js';
import type { BoardFigures, RunMetrics } from '../../protocol/run-messages.js';
import { runSpecSchema } from '../../protocol/run-spec.js';

export interface TrainedRun {
  /** Of its files. */
  readonly folder: string;
  readonly metrics: readonly RunMetrics[];
  readonly plan: readonly PlanEntry[];
  /** What the run bore, such as a direct link that went through the hub instead. */
  readonly warnings: readonly string[];
  /** By position, once it has ended. */
  readonly figures: readonly BoardFigures[];
}

export interface TrainingWatch {
  /** Rejects when waiting has become pointless. */
  readonly failure?: Promise<never> | undefined;
  readonly onMetrics?: ((metrics: RunMetrics) => void) | undefined;
  /** Stops the run, which has then done what it was for. */
  readonly until?: AbortSignal | undefined;
}

/** Whether this version knows such runs at all. */
export function isKnown(run: object): boolean {
  return runSpecSchema.safeParse(run).success;
}

/** @throws RunError, RemoteError when it does not finish, nor was to be stopped */
export async function trainWith(client: FleetClient, run: object, watch: TrainingWatch = {}): Promise<TrainedRun> {
  const metrics: RunMetrics[] = [];
  const view: View = {
    show: (_model, update) => {
      if (update.type !== 'metrics') return;
      metrics.push(update.metrics);
      watch.onMetrics?.(update.metrics);
    },
    end: () => undefined,
    close: () => undefined,
  };
  const { failure, until } = watch;
  const interrupt = until ?? new AbortController().signal;
  const started = await startRun(client, runSpecSchema.parse(run));
  const follow = { client, run: started.run, view, interrupt, onInterrupt: 'stop' as const };
  const status = await followToEnd({ ...follow, ...(failure && { failure }) });
  if (status?.state === 'finished' || (status?.state === 'stopped' && until?.aborted)) {
    const { folder } = started;
    const { plan, warnings = [], figures = [] } = status;
    return { folder, metrics, plan, warnings: warnings.map(({ message }) => message), figures };
  }
  throw new RunError(`a run of the benchmark ended ${status?.state}: ${status?.error?.message ?? ''}`, {
    remedy: 'Train the same by hand with `ringtmp up` to see more.',
  });
}
