// Losses: gradients against finite differences, known values, and the targets they ask for.

import { expect } from 'chai';
import type { Engine } from '../../compute/kernels.js';
import { lossOf } from '../../compute/loss.js';
import type { LossName } from '../../compute/specs.js';
import { floatsOf, type Shape } from '../../compute/tensor.js';
import { ConfigurationError } from '../../errors.js';
import { ENGINE_NAMES, ENGINES } from '../support/engines.js';
import { expectGradient, fillRandom, mulberry32 } from '../support/finite-differences.js';

const NAMES: readonly LossName[] = ['softmaxCrossEntropy', 'binaryCrossEntropy', 'meanSquaredError'];
const BATCH = 4;

for (const engineName of ENGINE_NAMES) {
  describe(`losses on the ${engineName} engine`, () => {
    let engine: Engine;
    beforeEach(async () => {
      engine = await ENGINES[engineName](4096);
    });

    function build(name: LossName, outputShape: Shape, batch = BATCH) {
      const { arena, kernels } = engine;
      const loss = lossOf(name);
      const [outputs, dX] = [arena.tensor([batch, ...outputShape]), arena.tensor([batch, ...outputShape])];
      const [targets, losses] = [arena.tensor([batch, ...loss.targetShape(outputShape)]), arena.tensor([batch])];
      const compute = () => loss.compute(kernels, losses, dX, outputs, targets);
      return {
        compute,
        outputs: floatsOf(outputs),
        dX: floatsOf(dX),
        targets: floatsOf(targets),
        losses,
        tensor: outputs,
      };
    }

    for (const name of NAMES) {
      const shapes: Shape[] = name === 'softmaxCrossEntropy' ? [[2], [7]] : [[1], [7], [2, 3]];
      for (const shape of shapes) {
        it(`${name} has the gradient of outputs of shape [${shape}]`, () => {
          const { compute, outputs, dX, targets, losses, tensor } = build(name, shape);
          fillRandom(tensor, 1);
          const random = mulberry32(2);
          const levels = name === 'softmaxCrossEntropy' ? shape[0]! : 2;
          for (let i = 0; i < targets.length; i++) targets[i] = Math.floor(random() * levels);
          const objective = () => {
            compute();
            return floatsOf(losses).reduce((sum, value) => sum + value, 0);
          };
          objective();
          expectGradient({ what: 'dX', objective, variable: outputs, gradient: Float32Array.from(dX) });
        });
      }
    }

    it('softmaxCrossEntropy of equal logits is the logarithm of their number', () => {
      const { compute, dX, targets, losses } = build('softmaxCrossEntropy', [4], 1);
      targets[0] = 2;
      compute();
      expect(floatsOf(losses)[0]).to.be.closeTo(Math.log(4), 1e-6);
      for (const [i, expected] of [0.25, 0.25, -0.75, 0.25].entries()) expect(dX[i]).to.be.closeTo(expected, 1e-6);
    });

    it('binaryCrossEntropy is the mean over outputs, and takes soft targets', () => {
      const { compute, outputs, targets, losses } = build('binaryCrossEntropy', [2], 1);
      outputs.set([2, -1]);
      targets.set([1, 0.25]);
      compute();
      const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
      const second = 0.25 * Math.log(sigmoid(-1)) + 0.75 * Math.log(sigmoid(1));
      expect(floatsOf(losses)[0]).to.be.closeTo(-(Math.log(sigmoid(2)) + second) / 2, 1e-6);
    });

    it('meanSquaredError is the mean over all outputs of a sample, whatever their shape', () => {
      const { compute, outputs, targets, losses } = build('meanSquaredError', [2, 2], 1);
      outputs.set([1, 2, 3, 4]);
      targets.set([1, 1, 1, 1]);
      compute();
      expect(floatsOf(losses)[0]).to.be.closeTo((0 + 1 + 4 + 9) / 4, 1e-6);
    });

    it('stay finite at extreme logits', () => {
      for (const name of ['softmaxCrossEntropy', 'binaryCrossEntropy'] as const) {
        const { compute, outputs, targets, dX, losses } = build(name, [2], 1);
        outputs.set([500, -500]);
        targets.fill(1);
        compute();
        expect([...floatsOf(losses), ...dX].every(Number.isFinite), name).to.equal(true);
      }
    });
  });
}

describe('targets', () => {
  it('are one class index for softmaxCrossEntropy, else shaped as the outputs', () => {
    expect(lossOf('softmaxCrossEntropy').targetShape([10])).to.deep.equal([1]);
    expect(lossOf('binaryCrossEntropy').targetShape([3])).to.deep.equal([3]);
    expect(lossOf('meanSquaredError').targetShape([2, 3])).to.deep.equal([2, 3]);
  });

  it('of softmaxCrossEntropy want flat outputs', () => {
    expect(() => lossOf('softmaxCrossEntropy').targetShape([2, 3])).to.throw(ConfigurationError, 'got [2, 3]');
  });
});
