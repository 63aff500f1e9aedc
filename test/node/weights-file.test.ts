// A stage's weights as a file that any reader of safetensors opens.

import { expect } from 'chai';
import { plainEngine } from '../../compute/engines/plain.js';
import { floatsOf } from '../../compute/tensor.js';
import { buildWorker } from '../../node/build.js';
import { fileOfWeights } from '../../node/weights-file.js';
import { frameTensor } from '../../protocol/frame.js';
import { decodeSafetensors } from '../../protocol/safetensors.js';
import { joinWeights } from '../support/local-ring.js';
import { partOf, SMALL } from './sample-runs.js';

const storeOf = async (first = 0, end = 7) => (await buildWorker(partOf(SMALL, first, end), plainEngine)).store;

describe('a file of weights', () => {
  it('holds every parameter under its name, as it is', async () => {
    const store = await storeOf();
    const { tensors } = decodeSafetensors(fileOfWeights(store));
    const stored = tensors.map((tensor) => ({ name: tensor.name, ...frameTensor(tensor) }));
    const expected = store.namedWeights().map(({ name, tensor }) => {
      return { name, shape: [...tensor.shape], data: Float32Array.from(floatsOf(tensor)) };
    });
    expect(stored).to.deep.equal(expected);
  });

  it('joins with those of the other stages to the same bytes, however the model was split', async () => {
    const stages = await Promise.all([storeOf(0, 2), storeOf(2, 5), storeOf(5, 7), storeOf(7, 7)]);
    expect(joinWeights(stages.map(fileOfWeights))).to.deep.equal(fileOfWeights(await storeOf()));
  });

  it('of a stage without layers is empty', async () => {
    expect(decodeSafetensors(fileOfWeights(await storeOf(7, 7)))).to.deep.equal({ metadata: {}, tensors: [] });
  });
});
