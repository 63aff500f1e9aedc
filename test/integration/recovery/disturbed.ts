// Runs of the ring that are disturbed, and what they are held against: the bytes of the same run, left alone.

import { expect } from 'chai';
import type { RunStatus } from '../../../protocol/run-messages.js';
import { type Fleet, modelOf, startFleet } from '../../support/fleet.js';
import { deepRun } from '../../support/specs.js';

export const STEPS = 200;
/** Some cuts are committed by then, and a good deal is still to come. */
export const AMID = 40;

/** Long enough to be disturbed, cut every ten steps. */
export function longRun(schedule: 'sync' | 'async', changes: object = {}): object {
  return deepRun(
    { epochs: 1000, steps: STEPS, microBatches: 2, schedule },
    { snapshots: { everySteps: 10 }, ...changes },
  );
}

const undisturbed = new Map<string, Promise<Buffer>>();

/** The trained weights of a run that nothing befell, on one board: neither the split nor the links change anything. */
export function undisturbedModel(spec: object): Promise<Buffer> {
  const alone = { ...spec, boards: 1, masterStage: false, links: 'hub' };
  const key = JSON.stringify(alone);
  const model = undisturbed.get(key) ?? trainUndisturbed(alone);
  undisturbed.set(key, model);
  return model;
}

async function trainUndisturbed(spec: object): Promise<Buffer> {
  const fleet = await startFleet({ agents: 1 });
  try {
    const status = await fleet.runToEnd(spec);
    expect(status).to.include({ state: 'finished', error: null, generation: 0 });
    return await modelOf(status);
  } finally {
    await fleet.close();
  }
}

/** @returns the run's name, some steps and cuts later */
export async function trainUntilAmid(fleet: Fleet, spec: object): Promise<string> {
  const run = await fleet.train(spec);
  await fleet.until(run, ({ step }) => step > AMID);
  return run;
}

export async function expectSame(status: RunStatus, undisturbed: Buffer): Promise<void> {
  expect(status).to.include({ state: 'finished', error: null, step: STEPS });
  expect(status.generation).to.be.above(0);
  expect(Buffer.compare(await modelOf(status), undisturbed)).to.equal(0);
}

export function agentsOf({ plan }: RunStatus): string[] {
  return plan.filter(({ position }) => position > 0).map(({ agent }) => agent);
}
