// Flatten: a view where memory is shared, a copy where it is not.

import { expect } from 'chai';
import type { Engine } from '../../../compute/kernels.js';
import { flatten } from '../../../compute/layers/flatten.js';
import { Arena, floatsOf } from '../../../compute/tensor.js';
import { ENGINES } from '../../support/engines.js';
import { checkLayer, fillRandom, TRAINING } from '../../support/finite-differences.js';

describe('flatten', () => {
  const layer = flatten([3, 4], 0);
  let engine: Engine;
  beforeEach(async () => {
    engine = await ENGINES.plain(1024);
  });

  it('makes [3, 4] to [12], without parameters or operations', () => {
    expect(layer).to.include({ name: 'flatten_0', elementwise: true, flops: 0, backwardNeeds: 'nothing' });
    expect(layer.outputShape).to.deep.equal([12]);
  });

  it('has the gradient of its input', () => checkLayer(engine, layer, { batch: 2, seed: 1 }));

  it('leaves shared memory as it is', () => {
    const x = engine.arena.tensor([2, 3, 4]);
    fillRandom(x, 1);
    const before = [...floatsOf(x)];
    layer.forward(engine.kernels, Arena.reshape(x, [2, 12]), x, [], TRAINING);
    expect([...floatsOf(x)]).to.deep.equal(before);
  });

  it('copies between two memories', async () => {
    const other = await ENGINES.plain(1024);
    engine.arena.tensor([1]); // so that the offsets differ, and neither is 0
    other.arena.tensor([40]);
    const x = engine.arena.tensor([2, 3, 4]);
    const y = other.arena.tensor([2, 12]);
    fillRandom(x, 1);
    layer.forward(engine.kernels, y, x, [], TRAINING);
    expect([...floatsOf(y)]).to.deep.equal([...floatsOf(x)]);
  });
});
