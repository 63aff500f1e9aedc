import { expect } from 'chai';
import { judge, type RunOutcome, standardOf } from '../../../cli/verify/outcome.js';
import { verdictText } from '../../../cli/verify/render-verdict.js';
import { encodeSafetensors } from '../../../protocol/safetensors.js';

function outcome(weight: number, value: number, metric = 'accuracy'): RunOutcome {
  const bytes = new Uint8Array(Float32Array.of(weight).buffer);
  const model = encodeSafetensors({ metadata: {}, tensors: [{ name: 'bias', dtype: 'F32', shape: [1], bytes }] });
  return { model, evaluation: { step: 9, loss: 0.1, metric, value, samples: 100 } };
}

const F32 = { activations: 'f32', gradients: 'f32', parameters: 'f32' } as const;

describe('the verdict on two runs', () => {
  it('asks for the same weights of a ring, unless its wire rounds', () => {
    expect(standardOf({ mode: 'ring', wire: F32 })).to.equal('weights');
    expect(standardOf({ mode: 'ring', wire: { ...F32, gradients: 'bf16' } })).to.equal('accuracy');
    expect(standardOf({ mode: 'star', wire: F32 })).to.equal('accuracy');
  });

  it('holds other weights against a ring, however good they are', () => {
    const verdict = judge('weights', outcome(1, 0.9), outcome(1.5, 0.95));
    expect(verdict.matches).to.equal(false);
    expect(verdictText(verdict, 'ring', 80)).to.match(/1 of 1 tensors differ[\s\S]*bias +1 of 1 +0\.5/);
  });

  it('lets a star be off by a point, not more', () => {
    expect(judge('accuracy', outcome(1, 0.96), outcome(2, 0.95)).matches).to.equal(true);
    expect(judge('accuracy', outcome(1, 0.96), outcome(2, 0.949)).matches).to.equal(false);
  });

  it('measures any other metric by its own size', () => {
    const mse = 'meanSquaredError';
    expect(judge('accuracy', outcome(1, 50, mse), outcome(2, 50.4, mse)).matches).to.equal(true);
    expect(judge('accuracy', outcome(1, 50, mse), outcome(2, 51, mse)).matches).to.equal(false);
  });

  it('says why a star is judged by its accuracy', () => {
    const text = verdictText(judge('accuracy', outcome(1, 0.96), outcome(2, 0.955)), 'star', 80);
    expect(text).to.contain('A star adds').and.to.contain('accuracy 96.0 %, the fleet accuracy 95.5 %: within a point');
  });
});
