// How a run is shown: on a terminal as a picture that changes, elsewhere as lines, for programs as JSON.

import type { WriteStream } from 'node:tty';
import type { RunUpdate } from '../run-update.js';
import type { RunModel } from './run-model.js';

export interface View {
  show(model: RunModel, update: RunUpdate): void;
  /** The run has ended: the summary. */
  end(model: RunModel): void;
  /** Leaves the terminal in order, also without an end. */
  close(): void;
}

export async function createView(stdout: WriteStream, json: boolean): Promise<View> {
  if (json) return (await import('./json-view.js')).createJsonView((line) => stdout.write(`${line}\n`));
  if (stdout.isTTY) return (await import('./live-view.js')).createLiveView(stdout);
  const { createPlainView } = await import('./plain-view.js');
  return createPlainView({ write: (text) => stdout.write(`${text}\n`), nowMs: () => performance.now() });
}
