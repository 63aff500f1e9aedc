// The update as a part of backward: when it may be, that it is the same descent, and that it takes no gradients.

import { expect } from 'chai';
import { createOptimizer } from '../../compute/optimizers.js';
import type { OptimizerSpec } from '../../compute/specs.js';
import { floatsOf } from '../../compute/tensor.js';
import { buildWorker, type StageSpec, stageOf } from '../../node/build.js';
import { fusedScaleOf } from '../../node/fused-update.js';
import { measureStage, type Worker } from '../../node/worker.js';
import { ENGINE_NAMES, ENGINES } from '../support/engines.js';
import { batchOf, gradientStep, partOf, SMALL, SMALL_CLASSES } from './sample-runs.js';

const schedule = { type: 'step', every: 1, factor: 0.5 } as const;
const FUSED: StageSpec = { ...SMALL, microBatches: 1, optimizer: { type: 'sgd', learningRate: 0.5, schedule } };
/** The same descent, but clipped at a norm that it never has: the update needs the gradient. */
const WAITING: StageSpec = { ...FUSED, optimizer: { ...FUSED.optimizer, clipnorm: 1e9 } };
const STEPS = 4;

const weightsOf = ({ store }: Worker) => store.namedWeights().flatMap(({ tensor }) => [...floatsOf(tensor)]);

describe('a fused update', () => {
  const scaleOf = (changes: Partial<StageSpec>) => {
    const spec = { ...FUSED, ...changes };
    return fusedScaleOf(spec, createOptimizer(spec.optimizer));
  };

  it('multiplies by the learning rate over the batch, of each step', () => {
    const scale = scaleOf({})!;
    expect([scale(0), scale(1)]).to.deep.equal([-0.5 / 8, -0.25 / 8]);
  });

  it('is not for steps of more micro-batches, nor where the update needs the gradient', () => {
    expect(scaleOf({ microBatches: 2 })).to.equal(null);
    const others: OptimizerSpec[] = [
      { type: 'adam' },
      { type: 'sgd', momentum: 0.9 },
      { type: 'sgd', weightDecay: 0.01 },
      { type: 'sgd', clipnorm: 1 },
    ];
    for (const optimizer of others) expect(scaleOf({ optimizer })).to.equal(null);
    expect(scaleOf({ optimizer: { type: 'sgd', momentum: 0, weightDecay: 0 } })).not.to.equal(null);
  });

  it('takes no memory for gradients', () => {
    const bytes = (spec: StageSpec) => measureStage(stageOf(spec));
    const weights = stageOf(FUSED).layers.flatMap(({ parameters }) => parameters.map(({ shape }) => shape));
    const floats = weights.map((shape) => Math.ceil(shape.reduce((a, b) => a * b, 1) / 16) * 16);
    expect(bytes(WAITING) - bytes(FUSED)).to.equal(floats.reduce((a, b) => a + b, 0));
  });

  for (const name of ENGINE_NAMES) {
    describe(`with the ${name} engine`, () => {
      const build = (spec: StageSpec) => buildWorker(spec, ENGINES[name]);

      it('descends as one that waits, and passes the same gradient on', async () => {
        const parts = [partOf(FUSED, 3, 7), partOf(WAITING, 3, 7)];
        const [fused, waiting] = (await Promise.all(parts.map(build))) as [Worker, Worker];
        for (let step = 0; step < STEPS; step++) {
          const input = Float32Array.from({ length: 8 * 7 }, (_, index) => Math.sin(index + step));
          const targets = batchOf(FUSED, SMALL_CLASSES, step)[0]!.targets;
          const [one, other] = [fused, waiting].map((worker) => {
            worker.forward(step, 0, input);
            const { loss, dX } = worker.backwardFromLoss(step, 0, targets);
            const result = [loss, ...dX!];
            worker.update();
            return result;
          });
          for (const [index, value] of one!.entries()) expect(value).to.be.closeTo(other![index]!, 1e-5);
          expect(fused.store.version).to.equal(step + 1);
        }
        const expected = weightsOf(waiting);
        for (const [index, value] of weightsOf(fused).entries()) expect(value).to.be.closeTo(expected[index]!, 1e-6);
      });

      it('is the same in one stage and in two, to the bit', async () => {
        const specs = [FUSED, partOf(FUSED, 0, 4), partOf(FUSED, 4, 7)];
        const [whole, front, back] = (await Promise.all(specs.map(build))) as [Worker, Worker, Worker];
        for (let step = 0; step < STEPS; step++) {
          const [{ data, targets }] = batchOf(FUSED, SMALL_CLASSES, step) as [
            { data: Float32Array; targets: Float32Array },
          ];
          gradientStep(whole, [{ data, targets }], step);
          back.forward(step, 0, front.forward(step, 0, data));
          front.backward(step, 0, back.backwardFromLoss(step, 0, targets).dX!);
          for (const worker of [whole, front, back]) worker.update();
        }
        expect([...weightsOf(front), ...weightsOf(back)]).to.deep.equal(weightsOf(whole));
      });
    });
  }
});
