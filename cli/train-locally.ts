// `ringtmp train --local`: the whole model in this process, in the same view as a run of a fleet.

import { runLocally } from '../master/local-run.js';
import type { RunStatus } from '../protocol/run-messages.js';
import type { RunSpec } from '../protocol/run-spec.js';
import { type BlasOptions, blasSettings } from './resources.js';
import { exitCodeOf } from './train.js';
import { emptyModel, updated } from './view/run-model.js';
import { createView } from './view/view.js';

export interface LocalOptions extends BlasOptions {
  readonly json?: boolean;
  readonly runs: string;
}

/** @returns the exit code */
export async function trainLocally(spec: RunSpec, options: LocalOptions, interrupt: AbortSignal): Promise<number> {
  const blas = await blasSettings(options);
  const view = await createView(process.stdout, options.json ?? false);
  let model = emptyModel(spec.name);
  const onStatus = (status: RunStatus): void => {
    model = updated(model, { type: 'status', status });
    view.show(model, { type: 'status', status });
  };
  try {
    const folders = { dataFolder: process.cwd(), runsFolder: options.runs, blas };
    const status = await runLocally(spec, { ...folders, onStatus, signal: interrupt });
    view.end(updated(model, { type: 'status', status }));
    return exitCodeOf(status, interrupt);
  } finally {
    view.close();
  }
}
