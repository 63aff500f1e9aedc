// The other end of line-peer.ts, for contenders in JavaScript: answers {sizes, batch, seconds} with
// {samplesPerSecond}. The first request for a network builds it and warms it up.

import { createInterface } from 'node:readline';

export type Step = () => unknown;
export type StepBuilder = (sizes: readonly number[], batch: number) => Promise<Step>;

interface StepRequest {
  readonly sizes: readonly number[];
  readonly batch: number;
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

export async function serveSteps(about: object, build: StepBuilder): Promise<void> {
  console.log(JSON.stringify(about));
  const steps = new Map<string, Step>();
  for await (const line of createInterface({ input: process.stdin })) {
    const { sizes, batch, seconds, warmUpSeconds } = JSON.parse(line) as StepRequest;
    const key = JSON.stringify([sizes, batch]);
    const step = steps.get(key) ?? (await build(sizes, batch));
    if (!steps.has(key)) await stepsPerSecond(step, warmUpSeconds);
    steps.set(key, step);
    console.log(JSON.stringify({ samplesPerSecond: batch * (await stepsPerSecond(step, seconds)) }));
  }
}

/** Only a step that is asynchronous itself is awaited: a turn of the event loop costs. */
async function stepsPerSecond(step: Step, seconds: number): Promise<number> {
  const startMs = performance.now();
  for (let steps = 1; ; steps++) {
    const result = step();
    if (result instanceof Promise) await result;
    const elapsedMs = performance.now() - startMs;
    if (elapsedMs >= 1000 * seconds) return (1000 * steps) / elapsedMs;
  }
}
