// Plans of a star: everybody has a share, by speed where all wait for the slowest, and what does not fit is refused by
// name and in bytes.

import { expect } from 'chai';
import fc from 'fast-check';
import { buildModel } from '../../compute/model.js';
import { CapacityError, ConfigurationError, type RingTmpError } from '../../errors.js';
import type { PlannedBoard } from '../../master/stage-costs.js';
import { planStar, type StarRequest, sharesOf } from '../../master/star-plan.js';
import { stageSpecOf } from '../../node/assignment.js';
import { buildWorker, type StageSpec } from '../../node/build.js';
import { vectorElements } from '../../node/star/part.js';
import { MAX_FRAME_BYTES } from '../../protocol/limits.js';
import { ENGINES } from '../support/engines.js';
import { smallRun, specOf } from '../support/specs.js';

const INPUT = [4];

function board(id: string, gflops = 1, memoryBytes = 1e9): PlannedBoard {
  return { id, gflops, memoryBytes };
}

function requestOf(boards: readonly PlannedBoard[], training: object = {}, changes: object = {}): StarRequest {
  const spec = specOf(smallRun({ batch: 24, ...training }, { mode: 'star', ...changes }));
  return { spec, inputShape: INPUT, boards, master: board('master') };
}

function refusalOf<Refusal extends RingTmpError>(
  type: new (...args: never[]) => Refusal,
  plan: () => unknown,
): Refusal {
  try {
    plan();
  } catch (error) {
    expect(error).to.be.instanceOf(type);
    return error as Refusal;
  }
  throw new Error('the plan was not refused');
}

const someWeights = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength: 20 });
const asShares = fc.tuple(someWeights, fc.nat({ max: 500 })).map(([weights, more]) => {
  return { weights, batch: weights.length + more };
});

describe('the shares of a step', () => {
  it('cover the batch, and nobody is without', () => {
    fc.assert(
      fc.property(asShares, ({ weights, batch }) => {
        const shares = sharesOf(batch, weights);
        expect(shares).to.have.length(weights.length);
        expect(shares.reduce((sum, share) => sum + share, 0)).to.equal(batch);
        for (const share of shares) expect(share).to.be.at.least(1).and.satisfy(Number.isInteger);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('follow the weights: who has more has no less, and the share is off by less than one sample', () => {
    fc.assert(
      fc.property(asShares, ({ weights, batch }) => {
        const shares = sharesOf(batch, weights);
        const sum = weights.reduce((total, weight) => total + weight, 0);
        const exact = weights.map((weight) => (batch * weight) / sum);
        for (const [one, weight] of weights.entries()) {
          for (const [other, less] of weights.entries()) {
            if (weight > less) expect(shares[one]).to.be.at.least(shares[other] as number);
          }
        }
        if (exact.every((share) => share >= 1)) {
          for (const [at, share] of shares.entries()) expect(Math.abs(share - (exact[at] as number))).to.be.below(1);
        }
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('are equal for equals, but for what does not divide', () => {
    expect(sharesOf(24, [1, 1, 1])).to.deep.equal([8, 8, 8]);
    expect(sharesOf(10, [1, 1, 1, 1])).to.deep.equal([3, 3, 2, 2]);
    expect(sharesOf(8, [3, 1])).to.deep.equal([6, 2]);
    expect(sharesOf(4, [1000, 1, 1, 1])).to.deep.equal([1, 1, 1, 1]);
  });
});

describe('the plan of a star', () => {
  it('gives every board the whole model, and the master none to compute', () => {
    const { entries, windows, shares } = planStar(requestOf([board('pi-1'), board('pi-2')]));
    expect(entries.map(({ position, agent }) => [position, agent])).to.deep.equal([
      [0, 'master'],
      [1, 'pi-1'],
      [2, 'pi-2'],
    ]);
    for (const { firstLayer, endLayer, layers } of entries) {
      expect([firstLayer, endLayer]).to.deep.equal([0, 5]);
      expect(layers).to.have.length(5);
    }
    expect(entries[0]?.microBatchMs).to.equal(0);
    expect(windows).to.deep.equal([1, 1, 1]);
    expect(shares).to.deep.equal([12, 12]);
  });

  it('gives a faster board more under bsp, where all wait for the slowest, and otherwise as much', () => {
    const boards = [board('slow', 1), board('fast', 3)];
    const sharesUnder = (consistency: string) => planStar(requestOf(boards, {}, { star: { consistency } })).shares;
    expect(['bsp', 'ssp', 'asp'].map(sharesUnder)).to.deep.equal([
      [6, 18],
      [12, 12],
      [12, 12],
    ]);
  });

  it('expects boards to need as long as their share and speed say', () => {
    const { entries } = planStar(requestOf([board('slow', 1), board('fast', 3)]));
    const [, slow, fast] = entries.map(({ microBatchMs }) => microBatchMs);
    expect(slow).to.be.above(0);
    expect(fast).to.be.closeTo(slow as number, 1e-9);
  });

  it('promises the bytes that the worker and the server then take', async () => {
    const star = { filter: { type: 'topK', share: 0.1 } };
    const request = requestOf([board('pi-1'), board('pi-2')], {}, { star });
    const { entries, shares = [] } = planStar(request);
    for (const { position, memoryBytes } of entries) {
      const { spec } = request;
      const assignment = { ...{ run: 'r', generation: 0, position, workers: 2, firstLayer: 0, endLayer: 5 }, spec };
      const given = { ...assignment, window: 1, inputShape: INPUT, links: null, shares: [...shares] };
      const stage: StageSpec = stageSpecOf(given);
      await buildWorker(stage, ENGINES.wasm, memoryBytes);
      const lacks = await buildWorker(stage, ENGINES.wasm, memoryBytes - 1).catch((error: Error) => error);
      expect(lacks).to.be.instanceOf(CapacityError);
    }
  });

  it('refuses a board that cannot hold a replica, by name and by the missing bytes', () => {
    const [, { memoryBytes: needed }] = planStar(requestOf([board('pi-1'), board('pi-2')])).entries as [
      unknown,
      { memoryBytes: number },
    ];
    const small = board('pi-1', 1, needed - 16);
    const error = refusalOf(CapacityError, () => planStar(requestOf([small, board('pi-2')])));
    expect(error.message).to.equal(
      `the model does not fit in a star: board pi-1 (a replica, its gradients) needs ${needed} bytes, 16 more than its ${needed - 16}`,
    );
    expect(error.remedy).to.contain('mode: ring');
    expect(() => planStar(requestOf([board('pi-1', 1, needed), board('pi-2')]))).not.to.throw();
  });

  it('refuses a master that cannot be the server', () => {
    const request = { ...requestOf([board('pi-1')]), master: board('master', 1, 100) };
    const { message } = refusalOf(CapacityError, () => planStar(request));
    expect(message).to.match(
      /: the server \(weights, optimizer, pushes that wait\) needs \d+ bytes, \d+ more than its 100$/,
    );
  });

  it('counts the pushes that wait at the server under bsp: one more for each further worker', () => {
    const bytesAt = (count: number, star: object) => {
      const boards = Array.from({ length: count }, (_, index) => board(`pi-${index + 1}`));
      return planStar(requestOf(boards, {}, { star })).entries[0]?.memoryBytes as number;
    };
    const layers = buildModel({ inputShape: INPUT, layers: requestOf([]).spec.model.layers, seed: 1 });
    const push = 4 * vectorElements(layers);
    expect([2, 3, 6].map((count) => bytesAt(count, {}) - bytesAt(1, {}))).to.deep.equal([push, 2 * push, 5 * push]);
    expect(bytesAt(6, { consistency: 'asp' })).to.equal(bytesAt(1, {}));
    const held = bytesAt(6, {}) - 1;
    const boards = Array.from({ length: 6 }, (_, index) => board(`pi-${index + 1}`));
    const { message } = refusalOf(CapacityError, () =>
      planStar({ ...requestOf(boards), master: board('master', 1, held) }),
    );
    expect(message).to.contain(`the server (weights, optimizer, pushes that wait) needs ${held + 1} bytes, 1 more`);
  });

  it('names the first few of a large fleet, and counts the others', () => {
    const boards = Array.from({ length: 20 }, (_, index) => board(`pi-${index + 1}`, 1, 100));
    const { message } = refusalOf(CapacityError, () => planStar(requestOf(boards)));
    expect(message.match(/needs \d+ bytes/g)).to.have.length(4);
    expect(message).to.match(/; and so do 16 others$/);
  });

  it('refuses more boards than the batch has samples', () => {
    const boards = Array.from({ length: 13 }, (_, index) => board(`pi-${index + 1}`));
    const plan = (count: number) => planStar(requestOf(boards.slice(0, count), { batch: 12 }));
    const error = refusalOf(ConfigurationError, () => plan(13));
    expect(error.message).to.equal('a batch of 12 samples has no share for each of 13 workers');
    expect(error.remedy).to.equal('Set training.batch to at least 13, or boards to at most 12.');
    expect(plan(12).shares).to.deep.equal(Array(12).fill(1));
  });

  it('refuses a model without parameters', () => {
    const model = { layers: [{ type: 'flatten' }, { type: 'activation', activation: 'tanh' }] };
    const error = refusalOf(ConfigurationError, () => planStar(requestOf([board('pi-1')], {}, { model })));
    expect(error.message).to.equal('the model has no parameters: a star would have nothing to send');
    expect(error.remedy).to.contain('dense');
  });

  it('refuses a share that no message can carry, unless the boards have the data', () => {
    const samples = Math.floor((MAX_FRAME_BYTES - 1024) / 16) + 1;
    const model = { layers: [{ type: 'dense', units: 3 }] };
    const request = (boards: number, data: string) => {
      const all = Array.from({ length: boards }, (_, index) => board(`pi-${index + 1}`, 1, 1e15));
      const training = { batch: samples, microBatches: 1 };
      return { ...requestOf(all, training, { model, star: { data } }), master: board('master', 1, 1e15) };
    };
    const error = refusalOf(CapacityError, () => planStar(request(1, 'stream')));
    expect(error.message).to.equal(
      `a share of ${samples} samples takes ${16 * samples + 1024} bytes, a message at most ${MAX_FRAME_BYTES}`,
    );
    expect(error.remedy).to.contain('at least 2 boards');
    expect(() => planStar(request(2, 'stream'))).not.to.throw();
    expect(() => planStar(request(1, 'local'))).not.to.throw();
    const narrow = request(1, 'stream');
    const wire = { ...narrow.spec.wire, activations: 'f16' as const };
    expect(() => planStar({ ...narrow, spec: { ...narrow.spec, wire } })).not.to.throw();
  });
});
