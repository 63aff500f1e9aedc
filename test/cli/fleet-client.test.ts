import { expect } from 'chai';
import type { RunUpdate } from '../../cli/run-update.js';
import { CommandError, RemoteError, TimeoutError } from '../../errors.js';
import { createMailbox, rejectionOf } from '../transport/inbox.js';
import { type Bench, openBench } from './fake-master.js';
import { FIGURES, STATUS, telemetry } from './run-samples.js';

describe('the operator’s connection', () => {
  let bench: Bench;
  beforeEach(async () => {
    bench = await openBench();
  });

  it('gets the answer to its own request', async () => {
    await bench.serve({ runs: async ({ which }) => ({ echo: which }) });
    const answers = await Promise.all([1, 2, 3].map((which) => bench.client.request('runs', { which }, 5_000)));
    expect(answers).to.deep.equal([{ echo: 1 }, { echo: 2 }, { echo: 3 }]);
  });

  it('throws the master’s error, with its remedy', async () => {
    await bench.serve({
      stop: async () => {
        throw new CommandError('there is no run x', { remedy: 'List the runs.' });
      },
    });
    const error = await rejectionOf(bench.client.request('stop', { run: 'x' }, 5_000));
    expect(error).to.be.instanceOf(RemoteError);
    expect(error).to.include({ code: 'command', message: 'there is no run x', remedy: 'List the runs.' });
  });

  it('gives up on a master that does not answer', async () => {
    const error = await rejectionOf(bench.client.request('runs', {}, 20));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(error.message).to.include('the master did not answer');
  });

  it('hears everything about a run, and passes over what it cannot read', async () => {
    const updates = createMailbox<RunUpdate>();
    await bench.publishStatus({ step: 7 });
    const subscription = await bench.client.followRun('digits-1', updates.put);
    const [first] = await updates.take(1);
    expect(first).to.deep.equal({ type: 'status', status: { ...STATUS, step: 7 } });

    const { topics, publish } = bench;
    const event = { time: 1, type: 'state', state: 'paused' };
    const metrics = { step: 1, epoch: 0, loss: 1, learningRate: 0.1, samplesPerSecond: 1, time: 1 };
    const status = { state: 'online', boot: 1, time: 1 };
    await publish(topics.runStatus('digits-1'), 'not JSON', true);
    await publish(topics.runMetrics('digits-1'), { step: 'one' });
    await publish(topics.runEvents('digits-1'), event);
    await publish(topics.runMetrics('digits-1'), metrics);
    await publish(topics.agentTelemetry('board-1'), telemetry('digits-1', FIGURES));
    await publish(topics.masterStatus(), status, true);
    expect(await updates.take(4)).to.deep.equal([
      { type: 'event', event },
      { type: 'metrics', metrics },
      { type: 'telemetry', agent: 'board-1', telemetry: telemetry('digits-1', FIGURES) },
      { type: 'master', status },
    ]);
    await subscription.close();
  });
});
