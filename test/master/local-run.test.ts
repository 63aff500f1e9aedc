// A run in one process, which is the reference for the fleet's: it learns, it can be stopped, it fails well.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { runLocally } from '../../master/local-run.js';
import type { RunStatus } from '../../protocol/run-messages.js';
import { decodeSafetensors } from '../../protocol/safetensors.js';
import { TemporaryFolder } from '../data/files.js';
import { BLAS } from '../support/engines.js';
import { EXAMPLES, modelOf } from '../support/fleet.js';
import { deepRun, smallRun, specOf } from '../support/specs.js';

describe('local run', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await TemporaryFolder.create();
  });
  after(() => folder.remove());

  const options = () => ({
    runsFolder: folder.path,
    dataFolder: EXAMPLES,
    onStatus: (_: RunStatus) => {},
    signal: new AbortController().signal,
  });
  const run = (spec: object, signal = new AbortController().signal, onStatus = (_: RunStatus) => {}) =>
    runLocally(specOf(spec), { ...options(), onStatus, signal });

  it('learns the irises', async () => {
    const statuses: RunStatus[] = [];
    const status = await run(smallRun({ epochs: 25 }), undefined, (status) => statuses.push(status));
    expect(status).to.include({ state: 'finished', step: 250, steps: 250, epoch: 25, epochs: 25, error: null });
    expect(status.evaluation?.value).to.be.above(0.9);
    expect(status.evaluation).to.include({ step: 250, metric: 'accuracy', samples: 30 });
    expect(statuses.at(-1)).to.deep.equal(status);
    expect(status.plan).to.have.length(1);

    const rows = (await readFile(join(status.folder, 'metrics.csv'), 'utf8')).trim().split('\n');
    expect(rows).to.have.length(251);
    const { metadata, tensors } = decodeSafetensors(await modelOf(status));
    expect(metadata).to.deep.equal({ name: 'small', seed: '1', step: '250' });
    expect(tensors.map(({ shape }) => shape)).to.deep.equal([[4, 8], [8], [8, 8], [8], [8, 3], [3]]);
  });

  it('warns of keys that mean nothing in its mode, and runs', async () => {
    const changes = { star: { localSteps: 4 }, wire: { parameters: 'f16' } };
    const { state, warnings } = await run(smallRun({ epochs: 1 }, changes));
    expect(state).to.equal('finished');
    expect(warnings?.map(({ code, message }) => [code, message])).to.deep.equal([
      ['configuration', "in this ring the run file's star.localSteps: 4, wire.parameters: f16 have no effect"],
    ]);
    expect((await run(smallRun({ epochs: 1 }))).warnings).to.deep.equal([]);
  });

  it('computes with the best engine of this machine, unless told', async () => {
    const status = await runLocally({ ...specOf(smallRun({ epochs: 1 })), engine: 'auto' }, options());
    expect(status).to.include({ state: 'finished', engine: BLAS.isThere ? 'blas' : 'wasm' });
    expect((await run(smallRun({ epochs: 1 }))).engine).to.equal('wasm');
  });

  it('is the same on the plain engine, to rounding, and byte by byte when it is repeated', async () => {
    const [wasm, again, plain] = [
      await run(smallRun()),
      await run(smallRun()),
      await run(smallRun({}, { engine: 'plain' })),
    ];
    expect((await modelOf(wasm)).equals(await modelOf(again))).to.equal(true);
    expect(plain.loss).to.be.closeTo(wasm.loss as number, 1e-4);
  });

  it('saves the weights as they are when it is stopped', async () => {
    const controller = new AbortController();
    const status = await run(smallRun({ epochs: 100_000 }), controller.signal, () => controller.abort());
    expect(status.state).to.equal('stopped');
    expect(status.step).to.be.lessThan(status.steps);
    expect(decodeSafetensors(await modelOf(status)).metadata.step).to.equal(`${status.step}`);
  });

  it('fails with the step and the layer when numbers are none', async () => {
    const status = await run(deepRun({}, { optimizer: { type: 'sgd', learningRate: 1e30 } }));
    expect(status.state).to.equal('failed');
    expect(status.error?.message)
      .to.match(/dense_\d|the loss/)
      .and.to.match(/at step \d/);
  });

  it('refuses a model that does not suit the data', async () => {
    const spec = smallRun({}, { model: { layers: [{ type: 'dense', units: 2 }] } });
    expect(await run(spec).catch((error) => error)).to.include({ code: 'configuration' });
  });

  it('gives a long name room for the time in its run', async () => {
    const status = await run(smallRun({ steps: 1 }, { name: 'a'.repeat(63) }));
    expect(status.run).to.match(/^a{40}-\d{8}-\d{6}$/);
  });
});
