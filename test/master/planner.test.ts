// Plans against every other plan, and the refusals: what does not fit is said by name and in bytes.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Layer } from '../../compute/layer.js';
import { buildModel } from '../../compute/model.js';
import { sizeOf } from '../../compute/tensor.js';
import { CapacityError } from '../../errors.js';
import { mostBoards, type Plan, planLocal, planRing, predictedStepMs } from '../../master/planner.js';
import { type PlannedBoard, stageCosts } from '../../master/stage-costs.js';
import { stageOf } from '../../node/build.js';
import { measureStage } from '../../node/worker.js';
import { MAX_FRAME_BYTES } from '../../protocol/limits.js';
import type { RunSpec } from '../../protocol/run-spec.js';
import { leastCost } from '../support/all-partitions.js';
import { smallRun, specOf } from '../support/specs.js';

const INPUT = [4];
const GIGABIT_BYTES_PER_MS = 125e3;

function board(id: string, gflops = 1, memoryBytes = 1e9): PlannedBoard {
  return { id, gflops, memoryBytes };
}

function boards(count: number): PlannedBoard[] {
  return Array.from({ length: count }, (_, index) => board(`pi-${index + 1}`));
}

function specWith(units: readonly number[]): RunSpec {
  return specOf(smallRun({}, { model: { layers: units.map((width) => ({ type: 'dense', units: width })) } }));
}

/** Bytes of a stage when as many micro-batches are in flight as `sync` ever has. */
function bytesOf(spec: RunSpec, firstLayer: number, endLayer: number, last: boolean): number {
  const { seed, loss, optimizer, training, model } = spec;
  const { batch, microBatches, schedule } = training;
  const stage = { inputShape: INPUT, layers: model.layers, seed, firstLayer, endLayer, last, loss, optimizer };
  return 4 * measureStage(stageOf({ ...stage, batch, microBatches, schedule, window: microBatches }));
}

/** The slower of computing a micro-batch and of receiving it: three products a layer, two at the model's first. */
function msOf(spec: RunSpec, first: number, end: number, { gflops }: PlannedBoard): number {
  const layers = buildModel({ inputShape: INPUT, layers: spec.model.layers, seed: spec.seed });
  const samples = spec.training.batch / spec.training.microBatches;
  const products = (layer: Layer) => (layer.index === 0 ? 2 : 3);
  const flops = layers.slice(first, end).reduce((sum, layer) => sum + products(layer) * layer.flops, 0);
  const linkMs = (sizeOf(layers[first]?.inputShape ?? []) * 4 * samples) / GIGABIT_BYTES_PER_MS;
  return Math.max((flops * samples) / (gflops * 1e6), linkMs);
}

/** The stages in the order of the layers: the boards clockwise, then the master if it holds any. */
function stagesOf({ entries }: Plan) {
  const [master, ...workers] = entries;
  return master === undefined || master.layers.length === 0 ? workers : [...workers, master];
}

function refusalOf(plan: () => unknown): CapacityError {
  try {
    plan();
  } catch (error) {
    expect(error).to.be.instanceOf(CapacityError);
    return error as CapacityError;
  }
  throw new Error('the plan was not refused');
}

const scenarios = fc.record({
  units: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }),
  powers: fc.array(
    fc.record({ gflops: fc.double({ min: 0.01, max: 8, noNaN: true }), kilobytes: fc.integer({ min: 1, max: 30 }) }),
    {
      minLength: 1,
      maxLength: 4,
    },
  ),
  withMaster: fc.boolean(),
});

describe('planner', () => {
  it('covers all layers in order, respects each memory, and no plan is faster', () => {
    fc.assert(
      fc.property(scenarios, ({ units, powers, withMaster }) => {
        const spec = specWith(units);
        const holders = powers.map(({ gflops, kilobytes }, index) =>
          board(`pi-${index + 1}`, gflops, kilobytes * 1000),
        );
        const master = withMaster ? board('master', 2, 15_000) : null;
        const all = master ? [...holders, master] : holders;
        const cost = (first: number, end: number, stage: number) => {
          const holder = all[stage] as PlannedBoard;
          const fits = bytesOf(spec, first, end, holder === master) <= holder.memoryBytes;
          return fits ? msOf(spec, first, end, holder) : Infinity;
        };
        const least = leastCost(units.length, all.length, cost);
        const plan = () => planRing({ spec, inputShape: INPUT, boards: holders, master });
        if (least === Infinity) return void refusalOf(plan);

        const stages = stagesOf(plan());
        expect(stages.map(({ agent }) => agent)).to.deep.equal(all.map(({ id }) => id));
        expect(stages.map(({ firstLayer }) => firstLayer)).to.deep.equal([
          0,
          ...stages.slice(0, -1).map(({ endLayer }) => endLayer),
        ]);
        expect(stages.at(-1)?.endLayer).to.equal(units.length);
        stages.forEach(({ memoryBytes }, index) => {
          expect(memoryBytes).to.be.at.most((all[index] as PlannedBoard).memoryBytes);
        });
        const slowest = Math.max(
          ...stages.map(({ firstLayer, endLayer }, index) =>
            msOf(spec, firstLayer, endLayer, all[index] as PlannedBoard),
          ),
        );
        expect(slowest).to.be.closeTo(least, least * 1e-9);
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it('gives a faster board more', () => {
    const spec = specWith([64, 64, 64, 64, 64, 3]);
    const plan = planRing({ spec, inputShape: INPUT, boards: [board('slow', 1), board('fast', 4)], master: null });
    const [, slow, fast] = plan.entries;
    expect(slow?.layers.length).to.be.lessThan(fast?.layers.length as number);
  });

  it('counts the bytes that the wire dtypes take', () => {
    const costsOf = (wire: object) => {
      const spec = specOf(smallRun({ batch: 64, microBatches: 1 }, { wire }));
      const layers = buildModel({ inputShape: INPUT, layers: spec.model.layers, seed: spec.seed });
      const ring = { layers, holders: boards(2), spec, outputsLeave: true, bytes: () => 1 };
      return [0, 2].map((first) => stageCosts(ring).linkMs(first, 0) * GIGABIT_BYTES_PER_MS);
    };
    // 64 samples of 4 values enter; 64 of 8 go to the second board, and so do their gradients back.
    expect(costsOf({})).to.deep.equal([1024, 2048]);
    expect(costsOf({ activations: 'f16' })).to.deep.equal([512, 2048]);
    expect(costsOf({ activations: 'bf16', gradients: 'f16' })).to.deep.equal([512, 1024]);
    expect(costsOf({ activations: 'int8', gradients: 'int8' })).to.deep.equal([256 + 16, 512 + 32]);
  });

  it('puts the master first, with no layers, at the end of the model', () => {
    const { entries, windows } = planRing({
      spec: specWith([8, 8, 3]),
      inputShape: INPUT,
      boards: boards(2),
      master: null,
    });
    expect(entries[0]).to.include({ position: 0, agent: 'master', firstLayer: 3, endLayer: 3, microBatchMs: 0 });
    expect(entries.map(({ position }) => position)).to.deep.equal([0, 1, 2]);
    expect(windows).to.have.length(3);
    for (const window of windows) expect(window).to.be.within(1, 3);
  });

  it('gives the master the last layers when asked to', () => {
    const { entries } = planRing({
      spec: specWith([8, 8, 3]),
      inputShape: INPUT,
      boards: boards(2),
      master: board('master'),
    });
    expect(entries[0]?.layers).to.deep.equal(['dense_2']);
    expect(entries[0]?.endLayer).to.equal(3);
  });

  it('refuses a layer that is too large for its board, by name and by the missing bytes', () => {
    const spec = specWith([8, 500, 3]);
    const [small, needed] = [10_000, bytesOf(spec, 1, 2, false)];
    const holders = [board('pi-1'), board('pi-2', 1, small), board('pi-3')];
    const plan = () => planRing({ spec, inputShape: INPUT, boards: holders, master: null });
    // Three layers on three boards: there is one way only.
    const { message, remedy, code } = refusalOf(plan);
    expect(code).to.equal('capacity');
    expect(message).to.contain('3 boards');
    expect(message).to.contain(`dense_1 on pi-2 needs ${needed} bytes, ${needed - small} more than its ${small}`);
    expect(remedy).to.contain('Add boards');
  });

  it('names a range of layers, to say how much one board lacks', () => {
    const { message } = refusalOf(() =>
      planRing({ spec: specWith([8, 8, 8, 3]), inputShape: INPUT, boards: [board('pi-1', 1, 10)], master: null }),
    );
    expect(message).to.contain('dense_0 to dense_3 on pi-1');
  });

  it('refuses more boards than layers and says how many can be used', () => {
    const spec = specWith([8, 3]);
    const { message, remedy } = refusalOf(() => planRing({ spec, inputShape: INPUT, boards: boards(3), master: null }));
    expect(message).to.contain('3 stages').and.to.contain('2 layers');
    expect(remedy).to.contain('at most 2 boards');
    const withMaster = refusalOf(() =>
      planRing({ spec, inputShape: INPUT, boards: boards(2), master: board('master') }),
    );
    expect(withMaster.remedy).to.contain('at most 1 boards');
  });

  it('counts the layers that boards can hold, an activation as one of its own', () => {
    const spec = specOf(smallRun());
    expect(mostBoards(spec)).to.equal(5);
    expect(mostBoards({ ...spec, masterStage: true })).to.equal(4);
    expect(mostBoards({ ...specWith([3]), masterStage: true })).to.equal(1);
  });

  it('predicts, generously, how long a step takes', () => {
    const plan = planRing({
      spec: specWith([8, 8, 3]),
      inputShape: INPUT,
      boards: [board('a'), board('b', 0.001)],
      master: null,
    });
    const slowest = Math.max(...plan.entries.map(({ microBatchMs }) => microBatchMs));
    expect(slowest).to.be.above(0);
    expect(predictedStepMs(plan, 3)).to.be.closeTo(30 * slowest, 1e-9);
  });

  describe('with frames above what a message takes', () => {
    /** A million units make frames of 16 MB and more with four samples in a micro-batch. */
    const WIDE = MAX_FRAME_BYTES / 16;
    const thin = (units: number) => ({ type: 'dense', units, useBias: false });
    const specOfLayers = (layers: object[]) => specOf(smallRun({}, { model: { layers } }));
    const roomy = (count: number) => boards(count).map((each) => ({ ...each, memoryBytes: 1e12 }));

    it('refuses the data, the outputs and what is between stages, by layer, bytes and limit', () => {
      const data = refusalOf(() =>
        planRing({
          spec: specOfLayers([{ type: 'flatten' }, thin(1)]),
          inputShape: [WIDE],
          boards: roomy(1),
          master: null,
        }),
      );
      expect(data.message)
        .to.include(`a micro-batch of inputs of flatten_0 takes ${MAX_FRAME_BYTES + 1024} bytes`)
        .and.to.include(`a message at most ${MAX_FRAME_BYTES}`);
      expect(data.remedy).to.include('training.microBatches');
      const between = { spec: specOfLayers([thin(WIDE), thin(1)]), inputShape: [1], boards: roomy(2), master: null };
      expect(refusalOf(() => planRing(between)).message).to.include('inputs of dense_1');
      const outputs = { ...between, spec: specOfLayers([thin(1), thin(WIDE)]) };
      expect(refusalOf(() => planRing(outputs)).message).to.include('outputs of dense_1');
    });

    it('keeps what is wide within a stage, or with the master', () => {
      const inside = planRing({
        spec: specOfLayers([thin(WIDE), thin(4), thin(1)]),
        inputShape: [1],
        boards: roomy(2),
        master: null,
      });
      expect(inside.entries[1]?.layers).to.deep.equal(['dense_0', 'dense_1']);
      const atMaster = planRing({
        spec: specOfLayers([thin(1), thin(WIDE)]),
        inputShape: [1],
        boards: roomy(1),
        master: board('master', 1, 1e12),
      });
      expect(atMaster.entries[0]?.layers).to.deep.equal(['dense_1']);
    });
  });

  it('plans the whole model on one node for a run without a fleet', () => {
    const { stage, entry } = planLocal(specWith([8, 3]), INPUT);
    expect(stage).to.include({ firstLayer: 0, endLayer: 2, last: true, window: 1 });
    expect(entry).to.include({ position: 0, agent: 'master', firstLayer: 0, endLayer: 2 });
  });
});
