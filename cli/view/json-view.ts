// One JSON object a line, for programs.

import { summaryOf } from './summary.js';
import type { View } from './view.js';

export function createJsonView(write: (line: string) => void): View {
  return {
    show: (_model, update) => write(JSON.stringify(update)),
    end: (model) => write(JSON.stringify({ type: 'summary', summary: summaryOf(model) })),
    close: () => undefined,
  };
}
