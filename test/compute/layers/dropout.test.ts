// Dropout: its gradient, its share, and that the mask is a function of seed, layer, step and sample alone.

import { expect } from 'chai';
import type { Engine } from '../../../compute/kernels.js';
import type { Pass } from '../../../compute/layer.js';
import { dropout } from '../../../compute/layers/dropout.js';
import { floatsOf } from '../../../compute/tensor.js';
import { ENGINE_NAMES, ENGINES } from '../../support/engines.js';
import { checkLayer, EVALUATION, TRAINING } from '../../support/finite-differences.js';

for (const engineName of ENGINE_NAMES) {
  describe(`dropout on the ${engineName} engine`, () => {
    let engine: Engine;
    beforeEach(async () => {
      engine = await ENGINES[engineName](1 << 15);
    });

    /** The layer's output for an input of ones: the mask, scaled. */
    function maskOf({ seed = 1, index = 0, rate = 0.25, batch = 4, pass = TRAINING }): number[] {
      const layer = dropout({ type: 'dropout', rate }, [250], index, seed);
      const [x, y] = [engine.arena.tensor([batch, 250]), engine.arena.tensor([batch, 250])];
      floatsOf(x).fill(1);
      layer.forward(engine.kernels, y, x, [], pass);
      return [...floatsOf(y)];
    }

    it('has the gradient of its input, in training and in evaluation', () => {
      for (const shape of [[7], [3, 5]]) {
        const layer = dropout({ type: 'dropout', rate: 0.4 }, shape, 2, 9);
        checkLayer(engine, layer, { batch: 3, seed: 1, pass: TRAINING });
        checkLayer(engine, layer, { batch: 3, seed: 1, pass: EVALUATION });
      }
    });

    it('drops its share and scales the rest', () => {
      const mask = maskOf({ batch: 16, rate: 0.25 });
      const dropped = mask.filter((value) => value === 0).length;
      const deviations = Math.abs(dropped - 1000) / Math.sqrt(4000 * 0.25 * 0.75);
      expect(deviations).to.be.below(4);
      for (const value of mask) if (value !== 0) expect(value).to.be.closeTo(4 / 3, 1e-6);
    });

    it('does nothing in evaluation, nor at rate 0', () => {
      const ones = new Array<number>(1000).fill(1);
      expect(maskOf({ pass: EVALUATION })).to.deep.equal(ones);
      expect(maskOf({ rate: 0 })).to.deep.equal(ones);
    });

    it('draws the same mask for the same key, another for any other', () => {
      const mask = maskOf({});
      expect(maskOf({})).to.deep.equal(mask);
      expect(maskOf({ seed: 2 })).not.to.deep.equal(mask);
      expect(maskOf({ index: 1 })).not.to.deep.equal(mask);
      expect(maskOf({ pass: { ...TRAINING, step: 4 } })).not.to.deep.equal(mask);
      expect(maskOf({ pass: { ...TRAINING, sample: 6 } })).not.to.deep.equal(mask);
    });

    it('draws the same masks however the batch is split into micro-batches', () => {
      const at = (sample: number): Pass => ({ ...TRAINING, sample });
      const whole = maskOf({ batch: 6, pass: at(0) });
      const parts = [0, 2, 4].flatMap((sample) => maskOf({ batch: 2, pass: at(sample) }));
      expect(parts).to.deep.equal(whole);
    });
  });
}
