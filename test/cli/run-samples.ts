// What a fleet tells of a run, for the tests of what shows it.

import { emptyModel, type RunModel, updated } from '../../cli/view/run-model.js';
import type { AgentTelemetry } from '../../protocol/agent-messages.js';
import type { NodeFigures } from '../../protocol/node-figures.js';
import type { RunStatus } from '../../protocol/run-messages.js';

export const LAYERS = ['dense_0', 'activation_1', 'dense_2', 'activation_3', 'dense_4'];

export const FIGURES: NodeFigures = {
  phase: 'forward',
  idleShare: 0.125,
  seconds: { forward: 1.25, backward: 2.5, update: 0.5, serialise: 0 },
  window: 4,
  microBatchMs: 1.5,
  linkMs: 0.25,
  bytesIn: 1_234_567,
  bytesOut: 2_345_678,
  unsent: 0,
  dropped: {},
};

export const STATUS: RunStatus = {
  run: 'digits-1',
  state: 'running',
  generation: 0,
  step: 30,
  steps: 120,
  epoch: 1,
  epochs: 4,
  batch: 50,
  stepsPerEpoch: 30,
  loss: 0.4321,
  evaluation: { step: 30, loss: 0.4, metric: 'accuracy', value: 0.9123, samples: 200 },
  samplesPerSecond: 12_345.6,
  etaSeconds: 75,
  startedAt: 0,
  elapsedSeconds: 25,
  mode: 'ring',
  plan: [entry(0, 'master', []), entry(1, 'board-1', LAYERS.slice(0, 4)), entry(2, 'board-2', LAYERS.slice(4))],
  wire: { activations: 'f32', gradients: 'f32', parameters: 'f32' },
  master: { ...FIGURES, phase: 'idle', idleShare: 0.5 },
  folder: 'runs/digits-1',
  error: null,
};

function entry(position: number, agent: string, layers: string[]): RunStatus['plan'][number] {
  const firstLayer = position === 0 ? 5 : LAYERS.indexOf(layers[0] as string);
  return {
    position,
    agent,
    layers,
    firstLayer,
    endLayer: firstLayer + layers.length,
    memoryBytes: 1e6,
    microBatchMs: 1,
  };
}

export function telemetry(run: string | null, node: NodeFigures | null = FIGURES): AgentTelemetry {
  return {
    time: 0,
    rssBytes: 70 * 2 ** 20,
    cpuShare: 0.5,
    temperatureC: null,
    run,
    position: run === null ? null : 1,
    node,
  };
}

export function modelOf(status: Partial<RunStatus>): RunModel {
  const model = updated(emptyModel('digits-1'), { type: 'status', status: { ...STATUS, ...status } });
  return updated(model, { type: 'telemetry', agent: 'board-1', telemetry: telemetry('digits-1') });
}
