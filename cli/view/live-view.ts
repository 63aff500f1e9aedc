// The picture on a terminal, drawn anew at most ten times a second.

import type { WriteStream } from 'node:tty';
import { createLogUpdate } from 'log-update';
import { colored, type Paint, plain, render } from './render.js';
import { renderSummary } from './render-summary.js';
import type { RunModel } from './run-model.js';
import { summaryOf } from './summary.js';
import type { View } from './view.js';

const FRAME_MS = 100;
const USUAL_WIDTH = 80;

export function createLiveView(stdout: WriteStream): View {
  const draw = createLogUpdate(stdout);
  const paint: Paint = stdout.hasColors() && !process.env.NO_COLOR ? colored : plain;
  const width = (): number => stdout.columns || USUAL_WIDTH;
  let latest: RunModel | null = null;
  let timer: NodeJS.Timeout | null = null;
  const frame = (): void => {
    timer = null;
    if (latest) draw(render(latest, width(), paint));
  };
  const close = (): void => {
    if (timer) clearTimeout(timer);
    timer = null;
    draw.done();
  };
  return {
    show(model) {
      latest = model;
      timer ??= setTimeout(frame, FRAME_MS);
    },
    end(model) {
      const summary = summaryOf(model);
      draw.clear();
      if (summary) stdout.write(`${renderSummary(summary, width(), paint)}\n`);
      latest = null;
    },
    close,
  };
}
