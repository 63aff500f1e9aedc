// From an assignment's plain data to a worker, or to the error that says what does not fit.

import { expect } from 'chai';
import { plainEngine } from '../../compute/engines/plain.js';
import { CapacityError } from '../../errors.js';
import { buildWorker, metricFor, type StageSpec, stageOf } from '../../node/build.js';
import { measureStage } from '../../node/worker.js';
import { partOf, SMALL } from './sample-runs.js';

async function capacityErrorOf(spec: StageSpec, memoryBytes: number): Promise<CapacityError> {
  try {
    await buildWorker(spec, plainEngine, memoryBytes);
  } catch (error) {
    expect(error).to.be.instanceOf(CapacityError);
    return error as CapacityError;
  }
  return expect.fail('it was built');
}

describe('stageOf', () => {
  it('takes the layers of the stage, and its input from the layer before', () => {
    const { layers, inputShape, microBatch, ending } = stageOf(partOf(SMALL, 3, 5));
    expect(layers.map(({ name }) => name)).to.deep.equal(['dropout_3', 'dense_4']);
    expect(inputShape).to.deep.equal([7]);
    expect(microBatch).to.equal(4);
    expect(ending).to.equal(null);
  });

  it('gives the loss and its metric to the last stage, even without layers', () => {
    const { layers, inputShape, ending } = stageOf(partOf(SMALL, 7, 7));
    expect(layers).to.deep.equal([]);
    expect(inputShape).to.deep.equal([4]);
    expect(ending?.loss.name).to.equal('softmaxCrossEntropy');
    expect(ending?.metric.name).to.equal('accuracy');
  });

  it('measures regressions by their absolute error', () => {
    expect(metricFor('meanSquaredError')).to.equal('mae');
    expect(metricFor('binaryCrossEntropy')).to.equal('accuracy');
  });
});

describe('buildWorker', () => {
  const bytes = 4 * measureStage(stageOf(SMALL));

  it('builds what just fits', async () => {
    const worker = await buildWorker(SMALL, plainEngine, bytes);
    expect(worker.store.version).to.equal(0);
    expect(worker.store.findNonFinite()).to.equal(null);
  });

  it('refuses what takes a byte more, and says which layers, how much, and what to do', async () => {
    const error = await capacityErrorOf(SMALL, bytes - 1);
    expect(error.message).to.equal(`the stage flatten_0 to dense_6 takes ${bytes} bytes, 1 more than this board gives`);
    expect(error.remedy).to.contain('--memory');
  });

  it('names a stage of one layer, and one of none', async () => {
    expect((await capacityErrorOf(partOf(SMALL, 4, 5), 0)).message).to.match(/^the stage dense_4 takes /);
    expect((await capacityErrorOf(partOf(SMALL, 7, 7), 0)).message).to.match(/^the stage without layers takes /);
  });
});
