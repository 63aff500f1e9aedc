// Runs that cannot be: each ends with an error that says where and why, and leaves nothing open behind it.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { MasterOptions } from '../../master/master.js';
import { encodeChunks } from '../../protocol/chunks.js';
import type { RunStatus } from '../../protocol/run-messages.js';
import { request } from '../../transport/request-client.js';
import { type Bus, hubBus } from '../support/bus.js';
import { type Fleet, type FleetOptions, startFleet, startTestMaster } from '../support/fleet.js';
import { deepRun, smallRun } from '../support/specs.js';
import { openInbox, rejectionOf } from '../transport/inbox.js';

const FOREVER = { epochs: 1_000_000 };

describe('failed run', () => {
  let fleet: Fleet;
  const open = async (options: FleetOptions) => {
    fleet = await startFleet(options);
    return fleet;
  };
  afterEach(() => fleet.close());

  /** What a board says that it holds. */
  async function heldBy(agent: string): Promise<unknown> {
    const { operator, topics } = fleet;
    const diagnosis = await request(operator, {
      requestTopic: topics.agentRequest(agent, 'diagnose'),
      responseTopic: topics.agentResponse(agent, 'diagnose'),
      body: {},
      timeoutMs: 60_000,
      whom: agent,
    });
    return (diagnosis as { holds: unknown }).holds;
  }

  async function expectReady(): Promise<void> {
    expect(await fleet.runToEnd(smallRun({}, { boards: 1 }))).to.include({ state: 'finished' });
  }

  it('names the step and the layer where numbers are none', async () => {
    await open({ agents: 2 });
    const status = await fleet.runToEnd(deepRun({}, { optimizer: { type: 'sgd', learningRate: 1e30 } }));
    expect(status.state).to.equal('failed');
    expect(status.error?.message).to.match(
      /position [12]: the output of (dense|activation)_\d+ is not finite at step 1, micro-batch 0/,
    );
    expect(status.error?.remedy).to.contain('learning rate');
    expect(await readdir(status.folder)).not.to.include('model.safetensors');
    expect(await readFile(join(status.folder, 'journal.ndjson'), 'utf8')).to.contain('"state":"failed"');
    expect([await heldBy('pi-1'), await heldBy('pi-2')]).to.deep.equal([null, null]);
    await expectReady();
  });

  it('names the step when the fault is at the master', async () => {
    await open({ agents: 1 });
    const status = await fleet.runToEnd(
      deepRun({}, { optimizer: { type: 'sgd', learningRate: 1e30 }, masterStage: true, boards: 1 }),
    );
    expect(status.state).to.equal('failed');
    expect(status.error?.message).to.match(/at step \d/);
    expect(status.error?.remedy).to.contain('learning rate');
  });

  it('fails at once when a board is lost while it is being assigned', async () => {
    const bus = hubBus();
    await open({ agents: 2, bus });
    const assigned = await openInbox(fleet.operator, fleet.topics.agentRequest('pi-2', 'assign'));
    const refused = rejectionOf(fleet.train(smallRun(FOREVER)));
    // The plan is out and the board has its assignment on the way, but has not answered.
    await assigned.take(1);
    bus.hub?.sever('pi-2');
    expect((await refused).message).to.match(/board pi-2 \(position 2\) went offline at step 0/);
    expect(await heldBy('pi-1')).to.equal(null);
    await bus.hub?.restore('pi-2');
    await expectReady();
  });

  it('fails when the weights that it collects are none', async () => {
    await open({ agents: 1 });
    const { operator, topics } = fleet;
    const run = await fleet.train(smallRun(FOREVER));
    await fleet.until(run, ({ step }) => step > 0);
    // In the board's name, before the board sends its own.
    const key = { run, generation: 0, content: 'weights', from: 1, step: 1, firstLayer: 0, endLayer: 1 } as const;
    for (const part of encodeChunks(key, Buffer.from('no safetensors'))) {
      await operator.publish(topics.data(run, 0, 'weights'), part, { qos: 1 });
    }
    await fleet.ask('stop', { run });
    const status = await fleet.ended(run);
    expect(status.state).to.equal('failed');
    expect(status.error?.code).to.equal('frame');
  });

  it('is refused, with the missing bytes, when the model does not fit', async () => {
    await open({ agents: 2, memoryBytes: 1000 });
    const assignments = await openInbox(fleet.operator, fleet.topics.agentRequest('+', 'assign'));
    const error = await rejectionOf(fleet.train(smallRun()));
    expect(error.code).to.equal('capacity');
    expect(error.message).to.match(/on pi-1 needs \d+ bytes, \d+ more than its 1000/);
    expect(error.remedy).to.contain('--memory');
    expect(await heldBy('pi-1')).to.equal(null);
    expect(assignments.waiting()).to.equal(0);
  });

  it('is refused in time when its boards do not appear', async () => {
    await open({ agents: 1, boardsTimeoutMs: 50 });
    const error = await rejectionOf(fleet.train(smallRun({}, { boards: 3 })));
    expect(error.code).to.equal('timeout');
    expect(error.message).to.equal('3 boards are needed, 1 online after 0.05 s (pi-1)');
    await expectReady();
  });

  it('begins when its boards appear', async () => {
    await open({ agents: 1 });
    const started = fleet.train(smallRun({}, { boards: 2 }));
    await fleet.addAgent('pi-2');
    expect(await fleet.ended(await started)).to.include({ state: 'finished' });
  });

  it('fails, and says so, when the master is stopped', async () => {
    await open({ agents: 1 });
    const run = await fleet.train(smallRun(FOREVER));
    await fleet.until(run, ({ step }) => step > 0);
    const ended: Promise<RunStatus> = fleet.ended(run);
    await fleet.closeMaster();
    expect((await ended).error?.message).to.equal('the master was stopped');
    expect(await heldBy('pi-1')).to.equal(null);
  });

  it('fails when the next master comes, and its boards are free again', async () => {
    const bus = hubBus();
    await open({ agents: 2, bus });
    const run = await fleet.train(smallRun(FOREVER));
    await fleet.until(run, ({ step }) => step > 0);
    bus.hub?.sever('master');
    const connect: MasterOptions['connect'] = (will) => bus.connect('master-again', will); // the hub keeps the name
    const next = await startTestMaster(bus, { runsFolder: fleet.runsFolder, connect });
    const status = await fleet.ended(run);
    expect(status.error).to.deep.equal({
      code: 'run',
      message: 'the master was restarted',
      remedy: 'Start the run again.',
    });
    expect([await heldBy('pi-1'), await heldBy('pi-2')]).to.deep.equal([null, null]);
    await expectReady();
    await next.close();
  });

  it('does not keep master and boards from closing when the bus is gone', async () => {
    const bus: Bus = hubBus();
    await open({ agents: 1, bus });
    const run = await fleet.train(smallRun(FOREVER));
    await fleet.until(run, ({ step }) => step > 0);
    bus.hub?.stop();
    await fleet.closeMaster();
  });
});
