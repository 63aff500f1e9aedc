// Does a run's memory stay what it is? A broker, a master and four boards with real compute threads, all
// in this process, train over MQTT for thousands of steps; printed is this process' memory every 500
// steps and how much it grew over the last 2,000. Usage: node dist/benchmarks/steady-memory.js [steps]

import { cpus, release } from 'node:os';
import { argv, memoryUsage, stdout, version } from 'node:process';
import { parseMessage, runMetricsSchema } from '../protocol/messages.js';
import { brokerBus, type Fleet, startFleet } from '../test/support/fleet.js';
import { IRIS } from '../test/support/specs.js';

const BOARDS = 4;
const SAMPLE_EVERY = 500;
const GROWTH_OVER = 2000;
const DEFAULT_STEPS = 6000;
const MIB = 2 ** 20;

interface Sample {
  readonly step: number;
  readonly rssMib: number;
  readonly heapMib: number;
  readonly arrayBuffersMib: number;
}

function sampleAt(step: number): Sample {
  const { rss, heapUsed, arrayBuffers } = memoryUsage();
  return { step, rssMib: inMib(rss), heapMib: inMib(heapUsed), arrayBuffersMib: inMib(arrayBuffers) };
}

function inMib(bytes: number): number {
  return Math.round((bytes / MIB) * 10) / 10;
}

/** Weights of 64 x 64 a layer: messages and updates are what a run of any size has, at small cost. */
function longRun(steps: number): object {
  const dense = { type: 'dense', units: 64, activation: 'relu' };
  return {
    name: 'steady',
    data: IRIS,
    model: { layers: [...Array.from({ length: 7 }, () => dense), { type: 'dense', units: 3 }] },
    loss: 'softmaxCrossEntropy',
    optimizer: { type: 'sgd', learningRate: 0.001 },
    training: { epochs: steps, steps, batch: 12, microBatches: 3 },
    boards: BOARDS,
  };
}

async function measure(fleet: Fleet, steps: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  await fleet.operator.subscribe(fleet.topics.runMetrics('+'), (_, payload) => {
    const { step } = parseMessage(runMetricsSchema, payload);
    if ((step + 1) % SAMPLE_EVERY === 0) samples.push(sampleAt(step + 1));
  });
  const { state, error } = await fleet.runToEnd(longRun(steps));
  if (state !== 'finished') throw new Error(`the run ${state}: ${error?.message}`);
  return samples;
}

function growthMib(samples: readonly Sample[]): number {
  const last = samples.at(-1) as Sample;
  const before = samples.find(({ step }) => step >= last.step - GROWTH_OVER) as Sample;
  return Math.round((last.rssMib - before.rssMib) * 10) / 10;
}

const steps = Number(argv[2] ?? DEFAULT_STEPS);
const fleet = await startFleet({ agents: BOARDS, bus: await brokerBus() });
const startedMs = performance.now();
const samples = await measure(fleet, steps);
const seconds = Math.round((performance.now() - startedMs) / 1000);
await fleet.close();
const machine = { processor: cpus()[0]?.model ?? 'unknown', cores: cpus().length, kernel: release(), node: version };
const result = { date: new Date().toISOString(), machine, boards: BOARDS, steps, seconds, samples };
stdout.write(`${JSON.stringify({ ...result, growthMib: growthMib(samples), growthOver: GROWTH_OVER }, null, 2)}\n`);
