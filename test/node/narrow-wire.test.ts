// A ring whose tensors travel in fewer bits learns as one with 32, and says so when a value does not fit.

import { expect } from 'chai';
import type { StageSpec } from '../../node/build.js';
import { EXACT_WIRE, WIRE_DTYPES, type Wire } from '../../protocol/wire-dtypes.js';
import { ENGINES } from '../support/engines.js';
import { mulberry32 } from '../support/finite-differences.js';
import { openLocalRing } from '../support/local-ring.js';
import { CLASSES, LAYER_COUNT, OPTIMIZERS, outcomeOf, streamRun, streamStep, toldOf, wholeModel } from './deep-run.js';

async function openRing(wire: Wire, changes: Partial<StageSpec> = {}, firstLayers: readonly number[] = [0, 7, 16]) {
  const run = { ...wholeModel(OPTIMIZERS.sgd!), ...changes };
  const ring = await openLocalRing({ run, engine: ENGINES.plain, firstLayers, layers: LAYER_COUNT, window: 4, wire });
  return { run, ring };
}

async function lossesOf(wire: Wire): Promise<number[]> {
  const { run, ring } = await openRing(wire);
  streamRun(ring, run);
  ring.run(mulberry32(1));
  return outcomeOf(ring).losses;
}

describe('a ring with a narrow wire', () => {
  let exact: number[];

  before(async () => {
    exact = await lossesOf(EXACT_WIRE);
  });

  for (const dtype of WIRE_DTYPES) {
    it(`learns with ${dtype} as with 32 bits`, async () => {
      const losses = await lossesOf({ activations: dtype, gradients: dtype, parameters: 'f32' });
      const tolerance = { f32: 0, f16: 0.001, bf16: 0.01, int8: 0.02 }[dtype];
      for (const [step, loss] of losses.entries()) {
        expect(Math.abs(loss - (exact[step] as number)), `step ${step}`).to.be.at.most(
          tolerance * (exact[step] as number),
        );
      }
      if (dtype !== 'f32') expect(losses).not.to.deep.equal(exact);
    });
  }

  it('takes each direction as it is asked to', async () => {
    const both = await Promise.all([
      lossesOf({ activations: 'f16', gradients: 'f32', parameters: 'f32' }),
      lossesOf({ activations: 'f32', gradients: 'f16', parameters: 'f32' }),
      lossesOf({ activations: 'f16', gradients: 'f16', parameters: 'f32' }),
    ]);
    expect(new Set(both.map(String)).size).to.equal(3);
  });

  it('names the value that the dtype cannot hold, and passes nothing on', async () => {
    const layers = [{ type: 'flatten' }, { type: 'dense', units: 4 }, { type: 'dense', units: CLASSES }] as const;
    const { run, ring } = await openRing(
      { activations: 'f16', gradients: 'f32', parameters: 'f32' },
      { layers },
      [0, 2],
    );
    ring.stream({ kind: 'activation', step: 0, micro: 0, data: new Float32Array(24).fill(1e6) });
    ring.run(mulberry32(1));
    const [fault, ...others] = toldOf(ring, 'fault');
    expect(others).to.deep.equal([]);
    expect(fault).to.include({ position: 0, step: 0, micro: 0, layer: 'wire' });
    expect(fault!.message).to.match(/^a value of -?\d+(\.\d+)? is to be sent as f16, which holds at most 65504$/);
    expect(fault!.remedy).to.contain('Set wire.activations to bf16 or f32').and.to.contain('normalise the data');
    streamStep(ring, run, 0);
    ring.run(mulberry32(1));
    expect(ring.told).to.have.length(1);
  });
});
