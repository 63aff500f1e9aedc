// Runs around a parameter server, on a fleet in one process: the same mathematics as the ring's under `bsp`, something
// that learns under all others, and a server that outlives its workers.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { frameTensor } from '../../protocol/frame.js';
import type { RunStatus } from '../../protocol/run-messages.js';
import { decodeSafetensors } from '../../protocol/safetensors.js';
import { brokerBus } from '../support/bus.js';
import { EXAMPLES, type Fleet, type FleetOptions, loopbackInbox, modelOf, startFleet } from '../support/fleet.js';
import { deepRun, smallRun } from '../support/specs.js';
import { createMailbox, rejectionOf } from '../transport/inbox.js';
import { type TurnedClock, turnedClock } from '../transport/turned-clock.js';

describe('a run around a parameter server', () => {
  const fleets: Fleet[] = [];
  afterEach(async () => {
    for (const fleet of fleets.splice(0)) await fleet.close();
  });

  async function open(options: FleetOptions): Promise<Fleet> {
    const fleet = await startFleet(options);
    fleets.push(fleet);
    return fleet;
  }

  async function lossesOf({ folder }: RunStatus): Promise<number[]> {
    const [head, ...rows] = (await readFile(join(folder, 'metrics.csv'), 'utf8')).trim().split('\n');
    const column = (head as string).split(',').indexOf('loss');
    return rows.map((row) => Number(row.split(',')[column]));
  }

  async function weightsOf(status: RunStatus): Promise<Map<string, Float32Array>> {
    const { tensors } = decodeSafetensors(await modelOf(status));
    return new Map(tensors.map((tensor) => [tensor.name, frameTensor(tensor).data]));
  }

  /** As it is after a few questions and answers: several steps of such a run, if it makes any. */
  async function settled(fleet: Fleet, run: string): Promise<RunStatus | undefined> {
    let statuses: RunStatus[] = [];
    for (let round = 0; round < 50; round++) {
      statuses = ((await fleet.ask('runs')) as { runs: RunStatus[] }).runs;
    }
    return statuses.find((status) => status.run === run);
  }

  const finished = (status: RunStatus) => {
    expect(status.error).to.equal(null);
    expect(status.state).to.equal('finished');
  };

  for (const [agents, links] of [
    [1, 'hub'],
    [3, 'hub'],
    [4, 'direct'],
  ] as const) {
    it(`under bsp computes what a ring computes, with ${agents} workers over ${links} links`, async () => {
      const fleet = await open({ agents, bus: await brokerBus(), inboxOf: loopbackInbox });
      const run = { optimizer: { type: 'sgd', learningRate: 0.05, momentum: 0.9 }, links };
      const training = { epochs: 10, batch: 24, microBatches: 4 };
      const ring = await fleet.runToEnd(deepRun(training, run));
      const star = await fleet.runToEnd(deepRun(training, { ...run, mode: 'star' }));
      finished(star);
      expect(star.step).to.equal(50);
      const [expected, actual] = [await lossesOf(ring), await lossesOf(star)];
      expect(actual).to.have.length(50);
      for (const [step, loss] of actual.entries()) {
        expect(Math.abs(loss - (expected[step] as number)), `loss of step ${step}`).to.be.at.most(1e-3);
      }
      expect(star.evaluation).to.include({ step: 50, samples: 30 });
      expect(star.evaluation?.loss).to.be.closeTo(ring.evaluation?.loss as number, 1e-3);
      expect(star.plan.map(({ firstLayer }) => firstLayer)).to.deep.equal(star.plan.map(() => 0));
    });
  }

  it('under bsp takes the same first gradient, to 1e-5 of its norm', async () => {
    const fleet = await open({ agents: 3 });
    const once = (mode: string, steps: number, learningRate: number) =>
      fleet.runToEnd(deepRun({ epochs: 1, steps }, { mode, optimizer: { type: 'sgd', learningRate } }));
    const before = await weightsOf(await once('ring', 1, 1e-30));
    const [ring, star] = [await weightsOf(await once('ring', 1, 1)), await weightsOf(await once('star', 1, 1))];
    let [difference, norm] = [0, 0];
    for (const [name, start] of before) {
      for (const [i, weight] of start.entries()) {
        const [g, h] = [weight - (ring.get(name)?.[i] as number), weight - (star.get(name)?.[i] as number)];
        difference += (g - h) ** 2;
        norm += g ** 2;
      }
    }
    expect(norm).to.be.above(0);
    expect(Math.sqrt(difference / norm)).to.be.at.most(1e-5);
  });

  for (const consistency of ['bsp', 'asp']) {
    it(`takes no more local steps than the run has under ${consistency}: one worker ends with the weights of a ring`, async () => {
      const fleet = await open({ agents: 1 });
      const optimizer = { type: 'sgd', learningRate: 0.2, momentum: 0.9 };
      const runFor = (steps: number, changes: object) => {
        return fleet.runToEnd(deepRun({ epochs: 100, steps }, { optimizer, ...changes }));
      };
      for (const [localSteps, steps] of [
        [64, 10],
        [4, 11],
      ] as const) {
        // Between clocks the velocity stays with the worker, so its steps are those of plain descent.
        const star = await runFor(steps, { mode: 'star', star: { consistency, localSteps } });
        finished(star);
        expect(star.step).to.equal(steps);
        const [actual, expected] = [await weightsOf(star), await weightsOf(await runFor(steps, { mode: 'ring' }))];
        for (const [name, weights] of expected) {
          const worst = weights.map((weight, at) => Math.abs(weight - (actual.get(name)?.[at] as number)));
          expect(Math.max(...worst), name).to.be.at.most(1e-5);
        }
      }
    });
  }

  for (const [name, star] of Object.entries({
    'ssp with bound 1': { consistency: 'ssp', staleness: 1 },
    'ssp with bound 0': { consistency: 'ssp', staleness: 0 },
    asp: { consistency: 'asp' },
    'local steps': { localSteps: 5 },
    'local steps under asp': { localSteps: 2, consistency: 'asp' },
    'the largest tenth': { filter: { type: 'topK', share: 0.1 } },
    'what is significant': { filter: { type: 'significance', threshold: 0.001 } },
  })) {
    it(`learns with ${name}`, async () => {
      const fleet = await open({ agents: 3 });
      const status = await fleet.runToEnd(smallRun({ epochs: 30 }, { mode: 'star', star }));
      finished(status);
      expect(status.step).to.equal(300);
      expect(status.evaluation?.value).to.be.above(0.8);
      expect(await lossesOf(status)).to.have.length(300);
    });
  }

  it('with clipping, Adam and narrow wires', async () => {
    const fleet = await open({ agents: 2 });
    const wire = { activations: 'f16', gradients: 'int8', parameters: 'f16' };
    for (const consistency of ['bsp', 'asp']) {
      const optimizer = { type: 'adam', learningRate: 0.02, clipnorm: 1 };
      const status = await fleet.runToEnd(
        smallRun({ epochs: 30 }, { mode: 'star', star: { consistency }, wire, optimizer }),
      );
      finished(status);
      expect(status.evaluation?.value).to.be.above(0.8);
    }
  });

  it('where the boards have the data', async () => {
    const fleet = await open({ agents: 2, agentDataFolders: [EXAMPLES] });
    const status = await fleet.runToEnd(smallRun({ epochs: 30 }, { mode: 'star', star: { data: 'local' } }));
    finished(status);
    expect(status.evaluation?.value).to.be.above(0.8);
  });

  it('pauses, goes on and stops', async () => {
    const fleet = await open({ agents: 2 });
    const run = await fleet.train(smallRun({ epochs: 100_000 }, { mode: 'star' }));
    await fleet.until(run, ({ step }) => step > 0);
    await fleet.ask('pause', { run });
    const paused = await fleet.until(run, ({ state }) => state === 'paused');
    await fleet.ask('resume', { run });
    await fleet.until(run, ({ step }) => step > paused.step + 10);
    await fleet.ask('stop', { run });
    const status = await fleet.ended(run);
    expect(status.state).to.equal('stopped');
    expect(status.step).to.be.within(1, status.steps - 1);
    expect((await weightsOf(status)).size).to.equal(6);
  });

  it('is refused where a replica does not fit, naming the board and the bytes', async () => {
    const fleet = await open({ agents: 1 });
    await fleet.addAgent('small', 'wasm', 2 ** 10);
    const error = await rejectionOf(fleet.train(smallRun({}, { mode: 'star' })));
    expect(error).to.include({ code: 'capacity' });
    expect(error.message).to.match(/board small \(a replica, its gradients\) needs \d+ bytes, \d+ more than its 1024/);
    expect(error.remedy).to.contain('mode: ring');
  });

  it('is refused where the batch has fewer samples than there are workers', async () => {
    const fleet = await open({ agents: 3 });
    const error = await rejectionOf(fleet.train(smallRun({ batch: 2, microBatches: 1 }, { mode: 'star', boards: 3 })));
    expect(error.message).to.equal('a batch of 2 samples has no share for each of 3 workers');
  });

  for (const consistency of ['bsp', 'ssp', 'asp']) {
    it(`goes on with the rest when a worker dies, after its grace time: ${consistency}`, async () => {
      const fleet = await open({ agents: 3, workerGraceMs: 50 });
      const run = await fleet.train(smallRun({ epochs: 60 }, { mode: 'star', star: { consistency } }));
      await fleet.until(run, ({ step }) => step > 0);
      fleet.bus.hub?.sever('pi-2');
      const status = await fleet.ended(run);
      finished(status);
      expect(status.step).to.equal(status.steps);
      const [warning] = status.warnings ?? [];
      expect(warning?.position).to.equal(2);
      expect(warning?.message).to.match(/^worker pi-2 \(position 2\) is lost at step \d+: the server goes on with 2$/);
    });
  }

  it('waits for a worker as long as its grace time, and makes no step meanwhile', async () => {
    const clock = turnedClock();
    const armed = createMailbox<number>();
    const at: TurnedClock['at'] = (ms, ring) => {
      armed.put(ms);
      return clock.at(ms, ring);
    };
    const fleet = await open({ agents: 3, graceClock: { ...clock, at } });
    const run = await fleet.train(smallRun({ epochs: 60 }, { mode: 'star' }));
    await fleet.until(run, ({ step }) => step > 0);
    fleet.bus.hub?.sever('pi-2');
    const [endMs] = await armed.take(1);
    expect(endMs).to.equal(3000); // unless told otherwise
    clock.turnTo(2999);
    const step = (await settled(fleet, run))?.step;
    expect(await settled(fleet, run)).to.deep.include({ step, state: 'running', warnings: [] });
    clock.turnTo(3000);
    const status = await fleet.ended(run);
    finished(status);
    expect(status.warnings?.[0]?.message).to.equal(
      `worker pi-2 (position 2) is lost at step ${step}: the server goes on with 2`,
    );
  });

  it('waits for its last worker, and goes on with it', async () => {
    const fleet = await open({ agents: 1, workerGraceMs: 50, boardGraceMs: 50 });
    const run = await fleet.train(smallRun({ epochs: 100_000 }, { mode: 'star' }));
    await fleet.until(run, ({ step }) => step > 0);
    fleet.bus.hub?.sever('pi-1');
    await fleet.until(run, ({ state, note }) => state === 'recovering' && note === 'no board is online');
    await fleet.bus.hub?.restore('pi-1');
    await fleet.until(run, ({ state, generation }) => state === 'running' && generation > 0);
    await fleet.ask('stop', { run });
    expect(await fleet.ended(run)).to.include({ state: 'stopped', error: null });
  });
});
