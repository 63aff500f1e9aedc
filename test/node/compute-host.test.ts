// The compute thread, for real: it trains what a worker in this thread trains, reports what does not fit,
// says when it dies, and ends when it is told to.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { plainEngine } from '../../compute/engines/plain.js';
import { ComputeError, RemoteError } from '../../errors.js';
import { buildWorker } from '../../node/build.js';
import { type ComputeHost, startComputeHost } from '../../node/compute-host.js';
import type { Outgoing } from '../../node/node-messages.js';
import { fileOfWeights } from '../../node/weights-file.js';
import { batchOf, gradientStep, SMALL, SMALL_CLASSES } from './sample-runs.js';

const OPTIONS = { spec: SMALL, engine: 'plain', blas: {}, window: 2, memoryBytes: 2 ** 20 } as const;

/** A host, what it has told, and promises of what it will tell. */
async function openHost(options: Parameters<typeof startComputeHost>[0] = OPTIONS) {
  const told: Outgoing[] = [];
  const waiting: { kind: Outgoing['kind']; resolve: (message: Outgoing) => void }[] = [];
  let crashed!: (error: Error) => void;
  const crash = new Promise<Error>((resolve) => {
    crashed = resolve;
  });
  const onMessage = (message: Outgoing) => {
    told.push(message);
    for (const { kind, resolve } of waiting) if (kind === message.kind) resolve(message);
  };
  const host = await startComputeHost(options, { onMessage, onCrash: crashed });
  const next = (kind: Outgoing['kind']) =>
    new Promise<Outgoing>((resolve) => {
      waiting.push({ kind, resolve });
    });
  return { host, told, crash, next };
}

function deliverStep(host: ComputeHost, step: number): void {
  for (const [micro, { data, targets }] of batchOf(SMALL, SMALL_CLASSES, step).entries()) {
    host.deliver({ kind: 'targets', step, micro, training: true, samples: targets.length, data: targets });
    host.deliver({ kind: 'activation', step, micro, data });
  }
}

describe('a compute thread', () => {
  it('trains a step as a worker in this thread does, and gives its weights', async () => {
    const { host, told, next } = await openHost();
    const weights = next('weights');
    deliverStep(host, 0);
    host.deliver({ kind: 'collect', step: 1 });
    const collected = await weights;
    await host.close();

    const worker = await buildWorker(SMALL, plainEngine);
    const total = gradientStep(worker, batchOf(SMALL, SMALL_CLASSES, 0), 0);
    worker.update();
    expect(Buffer.compare((collected as { file: Uint8Array }).file, fileOfWeights(worker.store))).to.equal(0);
    expect(told.map(({ kind }) => kind)).to.deep.equal(['loss', 'done', 'loss', 'done', 'updated', 'weights']);
    const losses = told.map((message) => (message.kind === 'loss' ? message.loss : 0));
    expect(losses.reduce((sum, loss) => sum + loss, 0)).to.equal(total);
  });

  it('takes over the arrays that it is handed', async () => {
    const { host } = await openHost();
    const [{ data, targets }] = batchOf(SMALL, SMALL_CLASSES, 0) as [ReturnType<typeof batchOf>[0]];
    host.deliver({ kind: 'targets', step: 0, micro: 0, training: true, samples: 4, data: targets });
    host.deliver({ kind: 'activation', step: 0, micro: 0, data });
    expect([data.length, targets.length]).to.deep.equal([0, 0]);
    await host.close();
  });

  it('shows how long it computed', async () => {
    const { host, next } = await openHost();
    expect(host.activity.busySeconds).to.equal(0);
    const updated = next('updated');
    deliverStep(host, 0);
    await updated;
    const { forward, backward, update } = host.activity.seconds;
    expect(Math.min(forward, backward, update)).to.be.greaterThan(0);
    await host.close();
  });

  it('reports a stage that does not fit, as the board would', async () => {
    const error = await startComputeHost(
      { ...OPTIONS, memoryBytes: 1000 },
      { onMessage: () => undefined, onCrash: () => undefined },
    ).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(RemoteError).with.property('code', 'capacity');
    expect((error as Error).message).to.match(/^the stage flatten_0 to dense_6 takes \d+ bytes/);
    expect((error as RemoteError).remedy).to.contain('--memory');
  });

  it('reports a model that cannot be built', async () => {
    const spec = { ...SMALL, layers: SMALL.layers.slice(1) };
    const error = await openHost({ ...OPTIONS, spec }).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(RemoteError).with.property('code', 'configuration');
    expect((error as Error).message).to.contain('layers[0]: dense takes a flat input');
  });

  it('that dies says why', async () => {
    const { host, crash } = await openHost();
    host.deliver({ kind: 'activation', step: 0, micro: 0, data: new Float32Array(24) }); // without targets
    const error = await crash;
    expect(error).to.be.instanceOf(ComputeError);
    expect(error.message).to.equal('the compute thread died: no targets for step 0, micro-batch 0');
    await host.close();
  });

  it('ends with close, so that the process may end', async () => {
    const module = new URL('../../node/compute-host.js', import.meta.url);
    const script = `
      import(${JSON.stringify(module)})
        .then(({ startComputeHost }) => startComputeHost(${JSON.stringify(OPTIONS)}, {}))
        .then((host) => host.close())
        .then(() => console.log('closed'));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { timeout: 15_000 });
    expect(stdout.trim()).to.equal('closed');
  });
});
