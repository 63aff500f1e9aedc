// The run that nothing can befall: the whole model in this process.

import { RemoteError, RunError } from '../../errors.js';
import { runLocally } from '../../master/local-run.js';
import type { RunStatus } from '../../protocol/run-messages.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { type BlasOptions, blasSettings } from '../resources.js';
import { emptyModel, updated } from '../view/run-model.js';
import type { View } from '../view/view.js';

export interface ReferenceOptions extends BlasOptions {
  readonly runsFolder: string;
  readonly view: View;
  readonly interrupt: AbortSignal;
}

/**
 * @returns its status; null when an interrupt came first
 * @throws RemoteError the fault that ended it
 */
export async function trainReference(spec: RunSpec, options: ReferenceOptions): Promise<RunStatus | null> {
  const { runsFolder, view, interrupt } = options;
  let model = emptyModel(spec.name);
  const onStatus = (status: RunStatus): void => {
    model = updated(model, { type: 'status', status });
    view.show(model, { type: 'status', status });
  };
  const blas = await blasSettings(options);
  const status = await runLocally(spec, { runsFolder, dataFolder: process.cwd(), blas, onStatus, signal: interrupt });
  if (status.state === 'stopped') return null;
  if (status.error) throw new RemoteError({ ...status.error, remedy: status.error.remedy });
  if (status.state !== 'finished') throw new RunError(`the run in one process is ${status.state}`);
  view.end(updated(model, { type: 'status', status }));
  return status;
}
