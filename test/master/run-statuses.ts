// A run's status, of which a test says what matters to it.

import type { RunStatus } from '../../protocol/run-messages.js';

export function statusOf(changes: Partial<RunStatus> = {}): RunStatus {
  return {
    run: 'run-1',
    state: 'running',
    generation: 0,
    step: 0,
    steps: 10,
    epoch: 0,
    epochs: 1,
    loss: null,
    evaluation: null,
    samplesPerSecond: 0,
    etaSeconds: null,
    startedAt: 1,
    elapsedSeconds: 0,
    mode: 'ring',
    plan: [],
    master: null,
    folder: 'runs/run-1',
    error: null,
    ...changes,
  };
}
