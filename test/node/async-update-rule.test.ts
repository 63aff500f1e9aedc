// What `async` computes is PipeDream-2BW's rule, W(t+1) = W(t) - lr grad(W(t-1)) with W(1) = W(0) - lr
// grad(W(0)), held against a network of two layers written out in double precision.

import { expect } from 'chai';
import { floatsOf } from '../../compute/tensor.js';
import type { StageSpec } from '../../node/build.js';
import type { ScheduleName } from '../../node/schedules/schedules.js';
import { ENGINE_NAMES, ENGINES } from '../support/engines.js';
import { mulberry32 } from '../support/finite-differences.js';
import { type LocalRing, openLocalRing } from '../support/local-ring.js';

const STEPS = 12;
const [INPUTS, HIDDEN, OUTPUTS] = [3, 4, 2] as const;
const [BATCH, MICRO_BATCHES] = [6, 3] as const;
const LEARNING_RATE = 0.3;
/** Single precision, over so few operations. */
const TOLERANCE = 2e-6;

function run(schedule: ScheduleName): StageSpec {
  return {
    inputShape: [INPUTS],
    layers: [
      { type: 'dense', units: HIDDEN, activation: 'tanh', useBias: false },
      { type: 'dense', units: OUTPUTS, useBias: false },
    ],
    seed: 3,
    firstLayer: 0,
    endLayer: 3,
    last: true,
    loss: 'meanSquaredError',
    optimizer: { type: 'sgd', learningRate: LEARNING_RATE },
    batch: BATCH,
    microBatches: MICRO_BATCHES,
    schedule,
    window: 4,
  };
}

interface Sample {
  readonly x: number[];
  readonly target: number[];
}

function batchAt(step: number): Sample[] {
  const random = mulberry32(50 + step);
  const numbers = (count: number) => Array.from({ length: count }, () => Math.fround(2 * random() - 1));
  return Array.from({ length: BATCH }, () => ({ x: numbers(INPUTS), target: numbers(OUTPUTS) }));
}

/** `[HIDDEN by INPUTS, OUTPUTS by HIDDEN]`, row-major as the kernels: `[in][units]`. */
type Weights = readonly [number[][], number[][]];

/** Gradient of the batch's mean of the mean squared error, of y = tanh(x V) W. */
function gradientOf([v, w]: Weights, batch: readonly Sample[]): Weights {
  const zero = (matrix: number[][]) => matrix.map((row) => row.map(() => 0));
  const [dV, dW] = [zero(v), zero(w)];
  for (const { x, target } of batch) {
    const hidden = v[0]!.map((_, unit) => Math.tanh(x.reduce((sum, value, i) => sum + value * v[i]![unit]!, 0)));
    const output = w[0]!.map((_, unit) => hidden.reduce((sum, value, i) => sum + value * w[i]![unit]!, 0));
    const dOutput = output.map((value, unit) => (2 * (value - target[unit]!)) / OUTPUTS / BATCH);
    for (const [i, value] of hidden.entries()) {
      const dHidden = dOutput.reduce((sum, d, unit) => sum + d * w[i]![unit]!, 0) * (1 - value * value);
      for (const [unit, d] of dOutput.entries()) dW[i]![unit]! += value * d;
      for (const [j, input] of x.entries()) dV[j]![i]! += input * dHidden;
    }
  }
  return [dV, dW];
}

function descend(weights: Weights, gradient: Weights): Weights {
  const step = (matrix: number[][], d: number[][]) =>
    matrix.map((row, i) => row.map((value, j) => value - LEARNING_RATE * d[i]![j]!));
  return [step(weights[0], gradient[0]), step(weights[1], gradient[1])];
}

/** W(STEPS), when step t takes its gradient at W(max(0, t - delay)). */
function reference(initial: Weights, delay: number): Weights {
  const versions = [initial];
  for (let step = 0; step < STEPS; step++) {
    const gradient = gradientOf(versions[Math.max(0, step - delay)]!, batchAt(step));
    versions.push(descend(versions[step]!, gradient));
  }
  return versions[STEPS]!;
}

function weightsOf(ring: LocalRing): Weights {
  const matrices = ring.workers.flatMap(({ store }) =>
    store.namedWeights().map(({ tensor }) => {
      const [rows = 0, columns = 0] = tensor.shape;
      const floats = [...floatsOf(tensor)];
      return Array.from({ length: rows }, (_, row) => floats.slice(row * columns, (row + 1) * columns));
    }),
  );
  return matrices as [number[][], number[][]];
}

function stream(ring: LocalRing): void {
  for (let step = 0; step < STEPS; step++) {
    const batch = batchAt(step);
    for (let micro = 0; micro < MICRO_BATCHES; micro++) {
      const size = BATCH / MICRO_BATCHES;
      const samples = batch.slice(micro * size, (micro + 1) * size);
      const data = Float32Array.from(samples.flatMap(({ x }) => x));
      const targets = Float32Array.from(samples.flatMap(({ target }) => target));
      ring.target({ kind: 'targets', step, micro, training: true, samples: size, data: targets });
      ring.stream({ kind: 'activation', step, micro, data });
    }
  }
}

function distance(left: Weights, right: Weights): number {
  return Math.max(...left.flat(2).map((value, index) => Math.abs(value - right.flat(2)[index]!)));
}

describe('the update rule', () => {
  for (const engine of ENGINE_NAMES) {
    for (const [schedule, delay] of [
      ['sync', 0],
      ['async', 1],
    ] as const) {
      it(`of ${schedule} takes the gradient ${delay} steps late with the ${engine} engine`, async () => {
        const open = { engine: ENGINES[engine], firstLayers: [0, 2], layers: 3, window: 3 };
        const ring = await openLocalRing({ ...open, run: run(schedule) });
        const initial = weightsOf(ring);
        stream(ring);
        ring.run(mulberry32(delay));
        expect(distance(weightsOf(ring), reference(initial, delay))).to.be.below(TOLERANCE);
        // The other rule is far away, so this tells them apart.
        expect(distance(weightsOf(ring), reference(initial, 1 - delay))).to.be.above(1000 * TOLERANCE);
      });
    }
  }
});
