// A whole stage: its gradients against finite differences, micro-batches against the whole batch, what it
// takes of memory, and which layer it blames.

import { expect } from 'chai';
import type { Engine, EngineName } from '../../compute/kernels.js';
import { floatsOf, type Tensor } from '../../compute/tensor.js';
import { buildWorker, type StageSpec, stageOf } from '../../node/build.js';
import { measureStage, outputShapeOf, Worker } from '../../node/worker.js';
import { ENGINE_NAMES, ENGINES } from '../support/engines.js';
import { expectGradient, TRAINING } from '../support/finite-differences.js';
import { batchOf, gradientStep, type MicroBatch, partOf, SMALL, SMALL_CLASSES } from './sample-runs.js';

const STEP = 0;

function gradientsIn({ store }: Worker, index: number): readonly Tensor[] {
  return store.target(index, TRAINING).tensors;
}

function gradientsOf(worker: Worker, layers: number): number[][] {
  const tensors = Array.from({ length: layers }, (_, index) => gradientsIn(worker, index)).flat();
  return tensors.map((tensor) => [...floatsOf(tensor)]);
}

/** The loss of a step through two stages, as in a ring of two. */
function splitStep(front: Worker, back: Worker, batch: readonly MicroBatch[]): number {
  let total = 0;
  for (const [micro, { data, targets }] of batch.entries()) {
    back.forward(STEP, micro, front.forward(STEP, micro, data));
    const { loss, dX } = back.backwardFromLoss(STEP, micro, targets);
    expect(front.backward(STEP, micro, dX!)).to.equal(null);
    total += loss;
  }
  return total;
}

describe('Worker', () => {
  const batch = batchOf(SMALL, SMALL_CLASSES, STEP);

  for (const name of ENGINE_NAMES) {
    describe(`with the ${name} engine`, () => {
      const build = (spec: StageSpec = SMALL) => buildWorker(spec, ENGINES[name]);

      it('has the gradient of the loss, over all layers and micro-batches, through the dropout', async () => {
        const worker = await build();
        const objective = () => gradientStep(worker, batch, STEP);
        objective();
        const gradients = gradientsOf(worker, 7);
        for (const [index, { name: what, tensor }] of worker.store.namedWeights().entries()) {
          expectGradient({ what, objective, variable: floatsOf(tensor), gradient: gradients[index]! });
        }
      });

      it('has it through two stages too, and passes the gradient of the input on', async () => {
        const [front, back] = [await build(partOf(SMALL, 0, 4)), await build(partOf(SMALL, 4, 7))];
        const objective = () => splitStep(front, back, batch);
        objective();
        const gradients = gradientsOf(front, 4);
        for (const [index, { name: what, tensor }] of front.store.namedWeights().entries()) {
          expectGradient({ what, objective, variable: floatsOf(tensor), gradient: gradients[index]! });
        }
      });

      it('is the same in one stage and in two, to the bit', async () => {
        const [whole, front, back] = [
          await build(),
          await build(partOf(SMALL, 0, 4)),
          await build(partOf(SMALL, 4, 7)),
        ];
        expect(splitStep(front, back, batch)).to.equal(gradientStep(whole, batch, STEP));
        expect([...gradientsOf(front, 4), ...gradientsOf(back, 3)]).to.deep.equal(gradientsOf(whole, 7));
      });

      it('adds micro-batches up to the gradient of the whole batch', async () => {
        const whole = await gradientsAt(name, 1);
        for (const microBatches of [2, 4, 8]) {
          for (const [index, gradient] of (await gradientsAt(name, microBatches)).entries()) {
            const scale = Math.max(...whole[index]!.map(Math.abs));
            for (const [i, value] of gradient.entries()) {
              expect(value).to.be.closeTo(whole[index]![i]!, 2e-6 * scale);
            }
          }
        }
      });

      it('updates by the mean over the whole batch, however it was cut', async () => {
        const [before, whole] = [(await build()).store, (await updatedAt(name, 1)).store];
        const weights = (store: Worker['store']) => store.namedWeights().map(({ tensor }) => floatsOf(tensor));
        const mean = floatsOf(gradientsIn(await accumulatedAt(name, 1), 6)[0]!)[0]! / SMALL.batch;
        expect(weights(whole).at(-1)![0]! - weights(before).at(-1)![0]!).to.be.closeTo(-0.5 * mean, 1e-7);
        for (const microBatches of [2, 8]) {
          for (const [index, tensor] of weights((await updatedAt(name, microBatches)).store).entries()) {
            for (const [i, value] of tensor.entries()) expect(value).to.be.closeTo(weights(whole)[index]![i]!, 1e-6);
          }
        }
      });

      it('takes the memory that it is measured to take', async () => {
        for (const [first, end, window] of [
          [0, 7, 1],
          [0, 7, 4],
          [2, 5, 3],
          [7, 7, 2],
        ] as const) {
          const stage = stageOf({ ...partOf(SMALL, first, end), window });
          const { engine, usedFloats } = await engineThatCounts(name, stage);
          new Worker(engine, stage);
          expect(usedFloats()).to.equal(measureStage(stage)).and.greaterThan(0);
        }
      });

      it('takes more for a larger window, and for the optimizer’s state', () => {
        const floats = (changes: Partial<StageSpec>) => measureStage(stageOf({ ...SMALL, ...changes }));
        const perSlot = floats({ window: 3 }) - floats({ window: 2 });
        expect(perSlot).to.be.greaterThan(0);
        expect(floats({ window: 7 }) - floats({ window: 2 })).to.equal(5 * perSlot);
        const [plain, momentum, adam] = [{ type: 'sgd' }, { type: 'sgd', momentum: 0.9 }, { type: 'adam' }].map(
          (optimizer) => floats({ optimizer: optimizer as StageSpec['optimizer'] }),
        ) as [number, number, number];
        expect(adam - momentum)
          .to.equal(momentum - plain)
          .and.greaterThan(0);
      });

      it('evaluates without dropout, and leaves the micro-batches in flight alone', async () => {
        const [worker, undisturbed] = [await build(), await build()];
        const [first] = batch as [MicroBatch];
        worker.forward(STEP, 0, first.data);
        const output = [...worker.evaluate(batch[1]!.data)];
        worker.judge(batch[1]!.targets, 4);
        const { loss } = worker.backwardFromLoss(STEP, 0, first.targets);
        undisturbed.forward(STEP, 0, first.data);
        expect(loss).to.equal(undisturbed.backwardFromLoss(STEP, 0, first.targets).loss);
        expect(gradientsOf(worker, 7)).to.deep.equal(gradientsOf(undisturbed, 7));
        expect([...worker.evaluate(batch[1]!.data)]).to.deep.equal(output);
        expect([...worker.forward(STEP, 1, batch[1]!.data)]).not.to.deep.equal(output);
      });

      it('judges only the rows that count', async () => {
        const worker = await build();
        const judge = (rows: number) => {
          const targets = batch[0]!.targets.map((target, row) => (row < rows ? target : Number.NaN));
          worker.evaluate(batch[0]!.data);
          return worker.judge(targets, rows);
        };
        const sums = [1, 2, 3, 4].map(judge);
        const losses = sums.map(({ lossSum }) => lossSum);
        expect(losses.every((loss, index) => loss > (losses[index - 1] ?? 0))).to.equal(true);
        const output = [...worker.evaluate(batch[0]!.data)];
        const correct = [...batch[0]!.targets].filter((target, row) => {
          const logits = output.slice(row * SMALL_CLASSES, (row + 1) * SMALL_CLASSES);
          return logits.indexOf(Math.max(...logits)) === target;
        });
        expect(sums[3]!.metricSum).to.equal(correct.length);
      });

      it('learns', async () => {
        const worker = await build({ ...SMALL, optimizer: { type: 'adam', learningRate: 0.05 } });
        const losses = Array.from({ length: 60 }, (_, step) => {
          const loss = gradientStep(worker, batch, step);
          worker.update();
          return loss;
        });
        expect(losses.at(-1)).to.be.lessThan(0.5 * losses[0]!);
      });

      describe('blames', () => {
        const blame = async (spoil: (worker: Worker) => void, data = batch[0]!.data) => {
          const worker = await build();
          spoil(worker);
          worker.forward(STEP, 0, data);
          return worker.findFault(STEP, 0);
        };
        const nothing = () => undefined;

        it('nothing when all is well', async () => {
          expect(await blame(nothing)).to.equal(null);
        });

        it('the input', async () => {
          const fault = await blame(
            nothing,
            batch[0]!.data.map(() => Number.NaN),
          );
          expect(fault).to.deep.equal({
            layer: 'input',
            message: 'the output of input is not finite at step 0, micro-batch 0',
          });
          expect((await blame(nothing, batch[0]!.data.with(7, Number.NaN)))?.layer).to.equal('input');
        });

        for (const [index, layer] of [
          [1, 'dense_1'],
          [4, 'dense_4'],
          [6, 'dense_6'],
        ] as const) {
          it(`${layer} when its weights are NaN`, async () => {
            const fault = await blame((worker) => void floatsOf(worker.store.weights(index)[0]!).fill(Number.NaN));
            expect(fault).to.deep.equal({
              layer,
              message: `the output of ${layer} is not finite at step 0, micro-batch 0; ${layer}/kernel holds such values too`,
            });
          });
        }

        it('infinite weights, but not huge ones whose products are still numbers', async () => {
          const fillLast = (value: number) => (worker: Worker) =>
            void floatsOf(worker.store.weights(6)[0]!).fill(value);
          expect(await blame(fillLast(3e38)), 'the inputs are probabilities that add up to 1').to.equal(null);
          expect((await blame(fillLast(Number.POSITIVE_INFINITY)))?.layer).to.equal('dense_6');
        });
      });
    });
  }

  it('without layers passes through, and begins the way back at the loss', async () => {
    const spec = partOf(SMALL, 7, 7);
    const worker = await buildWorker(spec, ENGINES.plain);
    expect(outputShapeOf(stageOf(spec))).to.deep.equal([4]);
    const logits = Float32Array.from({ length: 16 }, (_, index) => index % 3);
    expect([...worker.forward(0, 0, logits)]).to.deep.equal([...logits]);
    const { loss, dX } = worker.backwardFromLoss(0, 0, Float32Array.of(0, 1, 2, 3));
    expect(loss).to.be.greaterThan(0);
    expect(dX).to.have.length(16);
    expect(dX!.reduce((sum, value) => sum + value, 0)).to.be.closeTo(0, 1e-6);
  });

  it('holds the loss only at the last stage', async () => {
    const worker = await buildWorker(partOf(SMALL, 0, 4), ENGINES.plain);
    worker.forward(0, 0, batch[0]!.data);
    expect(() => worker.backwardFromLoss(0, 0, batch[0]!.targets)).to.throw(RangeError, 'only the last stage');
    expect(() => worker.judge(batch[0]!.targets, 1)).to.throw(RangeError, 'only the last stage');
  });
});

/** A worker that has the gradients of a step, cut into so many micro-batches. */
async function accumulatedAt(name: EngineName, microBatches: number): Promise<Worker> {
  const spec = { ...SMALL, microBatches };
  const worker = await buildWorker(spec, ENGINES[name]);
  gradientStep(worker, batchOf(spec, SMALL_CLASSES, STEP), STEP);
  return worker;
}

async function gradientsAt(name: EngineName, microBatches: number): Promise<number[][]> {
  return gradientsOf(await accumulatedAt(name, microBatches), 7);
}

async function updatedAt(name: EngineName, microBatches: number): Promise<Worker> {
  const worker = await accumulatedAt(name, microBatches);
  worker.update();
  return worker;
}

async function engineThatCounts(name: EngineName, stage: Parameters<typeof measureStage>[0]) {
  const engine: Engine = await ENGINES[name](measureStage(stage));
  const before = engine.arena.usedFloats; // the engine's own scratch space
  return { engine, usedFloats: () => engine.arena.usedFloats - before };
}
