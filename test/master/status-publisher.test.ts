// What is told of a run, and how much of it waits while the broker is away.

import { mock } from 'node:test';
import { expect } from 'chai';
import { StatusPublisher } from '../../master/status-publisher.js';
import type { NodeFigures } from '../../protocol/node-figures.js';
import type { RunMetrics, RunStatus } from '../../protocol/run-messages.js';
import { topicsOf } from '../../protocol/topics.js';
import type { Transport } from '../../transport/transport.js';
import { statusOf } from './run-statuses.js';

const topics = topicsOf('lab');
const TICK_MS = 250;
const METRICS: RunMetrics = { step: 1, epoch: 0, loss: 1, learningRate: 1, samplesPerSecond: 1, time: 1 };
const FIGURES: NodeFigures = {
  phase: 'idle',
  idleShare: 0.5,
  seconds: { forward: 0, backward: 0, update: 0, serialise: 0 },
  window: 4,
  microBatchMs: 1.5,
  linkMs: 0.25,
  bytesIn: 0,
  bytesOut: 0,
  unsent: 0,
  dropped: {},
};

describe('status publisher', () => {
  let status: RunStatus;
  let sent: { topic: string; payload: string }[];
  let publisher: StatusPublisher;
  /** Acknowledges what is in flight. */
  let acknowledge: () => Promise<void>;

  beforeEach(() => {
    mock.timers.enable({ apis: ['setInterval'] });
    status = statusOf();
    sent = [];
    const pending: (() => void)[] = [];
    acknowledge = async () => {
      for (const resolve of pending.splice(0)) resolve();
      await turn();
    };
    const publish = (topic: string, payload: string) => {
      sent.push({ topic, payload });
      return new Promise<void>((resolve) => pending.push(resolve));
    };
    const record = { name: 'run-1', status: () => status };
    publisher = new StatusPublisher({ publish } as unknown as Transport, topics, record);
  });

  afterEach(() => {
    publisher.fallSilent();
    mock.timers.reset();
  });

  /** All promises that can go on have gone on. */
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  async function tick(times = 1): Promise<void> {
    for (let i = 0; i < times; i++) {
      mock.timers.tick(TICK_MS);
      await turn();
    }
  }
  const told = (topic = topics.runStatus('run-1')) => sent.filter((message) => message.topic === topic);

  it('tells a status once, and again when it has changed', async () => {
    await tick();
    await acknowledge();
    await tick(5);
    expect(told()).to.have.length(1);
    status = statusOf({ step: 1 });
    await tick();
    expect(told().map(({ payload }) => JSON.parse(payload).step)).to.deep.equal([0, 1]);
  });

  for (const state of ['paused', 'planning'] as const) {
    it(`tells nothing while a run is ${state}, though time passes`, async () => {
      for (let passed = 0; passed < 5; passed++) {
        const master = { ...FIGURES, idleShare: 1 - 1 / (passed + 2) };
        status = statusOf({ state, elapsedSeconds: passed, master });
        await tick();
        await acknowledge();
      }
      expect(told()).to.have.length(1);
    });
  }

  it('has one status in flight, and then tells the latest', async () => {
    for (let step = 0; step < 50; step++) {
      status = statusOf({ step });
      await tick();
    }
    expect(told()).to.have.length(1);
    await acknowledge();
    expect(told().map(({ payload }) => JSON.parse(payload).step)).to.deep.equal([0, 49]);
  });

  it('resolves a publish once the status of that time has been told', async () => {
    await tick();
    status = statusOf({ step: 1 });
    let done = false;
    const publishing = publisher.publish().then(() => {
      done = true;
    });
    await acknowledge();
    expect([told().length, done]).to.deep.equal([2, false]);
    await acknowledge();
    await publishing;
  });

  it('lets a bounded number of events and metrics wait', async () => {
    for (let i = 0; i < 500; i++) {
      publisher.event({ type: 'fault' });
      publisher.metrics(METRICS);
    }
    expect(told(topics.runEvents('run-1'))).to.have.length(100);
    expect(told(topics.runMetrics('run-1'))).to.have.length(100);
    await acknowledge();
    publisher.event({ type: 'fault' });
    expect(told(topics.runEvents('run-1'))).to.have.length(101);
  });
});
