import { expect } from 'chai';
import { type FollowOptions, followToEnd } from '../../cli/follow.js';
import { INTERRUPTED } from '../../cli/report-failure.js';
import { exitCodeOf, trainToEnd } from '../../cli/train.js';
import type { RunModel } from '../../cli/view/run-model.js';
import type { View } from '../../cli/view/view.js';
import { RunError } from '../../errors.js';
import type { RunStatus } from '../../protocol/run-messages.js';
import { createMailbox, rejectionOf } from '../transport/inbox.js';
import { type Bench, openBench } from './fake-master.js';
import { STATUS, telemetry } from './run-samples.js';

const IMPATIENT = { firstStatusMs: 30, masterAwayMs: 30, stopMs: 30, lastWordsMs: 0 };
const UNTIRING = { ...IMPATIENT, firstStatusMs: 10_000, masterAwayMs: 10_000, stopMs: 10_000 };

describe('following a run', () => {
  let bench: Bench;
  let interrupt: AbortController;
  let ends: RunModel[];
  let shown: ReturnType<typeof createMailbox<RunModel>>;
  beforeEach(async () => {
    bench = await openBench();
    interrupt = new AbortController();
    ends = [];
    shown = createMailbox<RunModel>();
  });

  const view: View = {
    show: (model) => shown.put(model),
    end: (model) => ends.push(model),
    close: () => undefined,
  };

  function options(more: Partial<FollowOptions> = {}): FollowOptions {
    const { client } = bench;
    const common = { client, view, interrupt: interrupt.signal, patience: UNTIRING };
    return { ...common, run: 'digits-1', onInterrupt: 'stop', ...more };
  }

  it('shows what it hears, and ends with the run', async () => {
    const result = followToEnd(options());
    await bench.publishStatus({});
    await shown.take(1);
    await bench.publish(bench.topics.agentTelemetry('board-1'), telemetry('digits-1'));
    await shown.take(1);
    await bench.publishStatus({ state: 'finished' });
    expect((await result)?.state).to.equal('finished');
    expect(ends).to.have.length(1);
    expect(ends[0]?.boards).to.have.property('board-1');
  });

  it('shows the end of a run that ended before', async () => {
    await bench.publishStatus({ state: 'stopped' });
    expect((await followToEnd(options()))?.state).to.equal('stopped');
  });

  it('gives up on a run of which nothing is known', async () => {
    const error = await rejectionOf(followToEnd(options({ patience: IMPATIENT })));
    expect(error.message).to.equal('nothing is known of a run digits-1 in this fleet');
  });

  it('gives up on a master that has gone, not on one that comes back', async () => {
    const status = (state: string) => bench.publish(bench.topics.masterStatus(), { state, boot: 1, time: 0 }, true);
    await bench.publishStatus({});
    const gone = rejectionOf(followToEnd(options({ patience: IMPATIENT })));
    await status('offline');
    expect((await gone).message).to.equal('the master has gone during run digits-1');

    shown.take(shown.waiting());
    const back = followToEnd(options());
    await shown.take(2);
    await status('online');
    await bench.publishStatus({ state: 'finished' });
    expect((await back)?.state).to.equal('finished');
  });

  it('asks the master to stop when it is interrupted, and waits for the end', async () => {
    await bench.serve({ stop: async ({ run }) => bench.publishStatus({ run: run as string, state: 'stopped' }) });
    await bench.publishStatus({});
    const result = followToEnd(options());
    await shown.take(1);
    interrupt.abort();
    expect((await result)?.state).to.equal('stopped');
  });

  it('does not wait for ever for a run to stop', async () => {
    await bench.publishStatus({});
    interrupt.abort();
    const unanswered = await rejectionOf(followToEnd(options({ patience: IMPATIENT })));
    expect(unanswered.message).to.include('the master did not answer');
    await bench.serve({ stop: async () => null });
    const unended = await rejectionOf(followToEnd(options({ patience: { ...IMPATIENT, stopMs: 200 } })));
    expect(unended.message).to.include('run digits-1 does not end');
  });

  it('waits for a slow step as long as the master is there, and says so', async () => {
    const { publish, topics } = bench;
    await bench.serve({ stop: async () => null });
    await publish(topics.masterStatus(), { state: 'online', boot: 1, time: 0 }, true);
    await bench.publishStatus({});
    interrupt.abort();
    const result = followToEnd(options({ patience: { ...UNTIRING, stopMs: 20 } }));
    let latest: RunModel | undefined;
    while (!latest?.notice) [latest] = await shown.take(1);
    expect(latest.notice).to.include('after the step under way').and.to.include('Ctrl-C again');
    await bench.publishStatus({ state: 'stopped' });
    expect((await result)?.state).to.equal('stopped');
  });

  it('waits for a slow answer to `stop` too, but not for a master that goes meanwhile', async () => {
    const { publish, topics } = bench;
    const master = (state: string) => publish(topics.masterStatus(), { state, boot: 1, time: 0 }, true);
    await master('online');
    await bench.publishStatus({});
    interrupt.abort();
    const gone = rejectionOf(followToEnd(options({ patience: { ...UNTIRING, stopMs: 20, masterAwayMs: 20 } })));
    let latest: RunModel | undefined;
    while (!latest?.notice) [latest] = await shown.take(1);
    await master('offline');
    expect((await gone).message).to.match(/the master (did not answer|has gone)/);
  });

  it('gives a run of long steps the time for some of them', async () => {
    await bench.serve({ stop: async () => null });
    await bench.publishStatus({ step: 10, elapsedSeconds: 1 });
    interrupt.abort();
    const since = performance.now();
    await rejectionOf(followToEnd(options({ patience: { ...UNTIRING, stopMs: 20 } })));
    expect(performance.now() - since).to.be.at.least(290); // three of 100 ms
  });

  it('leaves the run alone when it only looks on', async () => {
    const stopped: string[] = [];
    await bench.serve({ stop: async () => stopped.push('stopped') });
    await bench.publishStatus({});
    const result = followToEnd(options({ onInterrupt: 'leave' }));
    await shown.take(1);
    interrupt.abort();
    expect(await result).to.equal(null);
    expect(stopped).to.deep.equal([]);
  });

  it('ends at once when a process of the fleet has died', async () => {
    await bench.publishStatus({});
    const failure = Promise.reject(new RunError('the process of board-2 has ended'));
    failure.catch(() => undefined);
    const error = await rejectionOf(followToEnd(options({ failure })));
    expect(error.message).to.equal('the process of board-2 has ended');
  });

  it('tells when the connection comes and goes', async () => {
    await bench.publishStatus({});
    const result = followToEnd(options());
    await shown.take(1);
    bench.hub.sever('operator');
    expect((await shown.take(1))[0]?.connected).to.equal(false);
    await bench.hub.restore('operator');
    await bench.publishStatus({ state: 'finished' });
    expect((await result)?.state).to.equal('finished');
    expect(ends[0]?.connected).to.equal(true);
  });

  it('begins with the request to train', async () => {
    await bench.serve({ train: async () => ({ run: 'digits-1', folder: 'runs/digits-1' }) });
    await bench.publishStatus({ state: 'finished' });
    const spec = {} as Parameters<typeof trainToEnd>[0]['spec'];
    expect(await trainToEnd({ ...options(), spec })).to.equal(0);
  });
});

describe('a start that is interrupted', () => {
  const spec = { name: 'digits' } as Parameters<typeof trainToEnd>[0]['spec'];
  const notices: string[] = [];
  const view: View = {
    show: (_model, update) => update.type === 'notice' && notices.push(update.text),
    end: () => undefined,
    close: () => undefined,
  };
  beforeEach(() => notices.splice(0));

  /** A master that is asked to train, and starts when it is let. */
  async function slowMaster() {
    const bench = await openBench();
    const asked = createMailbox<string>();
    let start: () => void = () => undefined;
    const started = new Promise<void>((resolve) => {
      start = resolve;
    });
    await bench.serve({
      train: async () => {
        asked.put('train');
        await started;
        return { run: 'digits-1', folder: 'runs/digits-1' };
      },
      stop: async ({ run }) => asked.put(`stop ${run}`),
    });
    return { bench, asked, start };
  }

  it('stops the run that starts all the same', async () => {
    const { bench, asked, start } = await slowMaster();
    const interrupt = new AbortController();
    const result = trainToEnd({ client: bench.client, spec, view, interrupt: interrupt.signal });
    await asked.take(1);
    interrupt.abort();
    start();
    expect(await asked.take(1)).to.deep.equal(['stop digits-1']);
    expect(await result).to.equal(INTERRUPTED);
    expect(notices.join()).to.include('Ctrl-C again');
  });

  it('does not wait long for it', async () => {
    const { bench, asked } = await slowMaster();
    const interrupt = new AbortController();
    const result = trainToEnd({ client: bench.client, spec, view, interrupt: interrupt.signal, callOffMs: 20 });
    await asked.take(1);
    interrupt.abort();
    expect(await result).to.equal(INTERRUPTED);
    expect(notices.at(-1)).to.include('may yet start');
  });

  it('does not wait at all where the master ends too', async () => {
    const { bench } = await slowMaster();
    const interrupt = AbortSignal.abort();
    expect(await trainToEnd({ client: bench.client, spec, view, interrupt, callOffMs: 0 })).to.equal(INTERRUPTED);
    expect(notices).to.deep.equal([]);
  });
});

describe('the exit code of a run', () => {
  const idle = new AbortController().signal;
  const ended = (state: RunStatus['state'], error: RunStatus['error'] = null): RunStatus => ({
    ...STATUS,
    state,
    error,
  });

  it('is 0 only when it has finished', () => {
    expect(exitCodeOf(ended('finished'), idle)).to.equal(0);
    expect(exitCodeOf(ended('stopped'), idle)).to.equal(1);
    expect(exitCodeOf(ended('stopped'), AbortSignal.abort())).to.equal(INTERRUPTED);
  });

  it('of a failed run comes with the fault', () => {
    const error = { code: 'run', message: 'board-2 was lost', remedy: 'Look at it.' };
    expect(() => exitCodeOf(ended('failed', error), idle)).to.throw('board-2 was lost');
    expect(() => exitCodeOf(ended('failed'), idle)).to.throw('run digits-1 failed');
  });
});
