// Runs on a fleet in one process, with real compute threads: what comes out does not depend on how the
// model is shared out, and a run can be held, stopped and refused.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { runLocally } from '../../master/local-run.js';
import type { RunStatus } from '../../protocol/run-messages.js';
import { decodeSafetensors } from '../../protocol/safetensors.js';
import { brokerBus, hubBus } from '../support/bus.js';
import { BLAS } from '../support/engines.js';
import { EXAMPLES, type Fleet, type FleetOptions, loopbackInbox, modelOf, startFleet } from '../support/fleet.js';
import { need } from '../support/requirements.js';
import { deepRun, smallRun, specOf } from '../support/specs.js';
import { openInbox, rejectionOf } from '../transport/inbox.js';

describe('run on a fleet in one process', () => {
  const fleets: Fleet[] = [];
  afterEach(async () => {
    for (const fleet of fleets.splice(0)) await fleet.close();
  });

  async function open(options: FleetOptions): Promise<Fleet> {
    const fleet = await startFleet(options);
    fleets.push(fleet);
    return fleet;
  }

  /** What one process makes of the same run. */
  async function localModel(fleet: Fleet, run: object): Promise<Buffer> {
    const status = await runLocally(specOf(run), {
      runsFolder: fleet.runsFolder,
      dataFolder: EXAMPLES,
      onStatus: () => {},
      signal: new AbortController().signal,
    });
    expect(status.state).to.equal('finished');
    return modelOf(status);
  }

  async function expectModel(status: RunStatus, expected: Buffer): Promise<void> {
    expect(status.error).to.equal(null);
    expect(status.state).to.equal('finished');
    expect((await modelOf(status)).equals(expected), 'the model files are equal, byte by byte').to.equal(true);
  }

  it('leaves its spec, its journal, its curve and its model', async () => {
    const fleet = await open({ agents: 2 });
    const status = await fleet.runToEnd(smallRun());
    expect(status).to.include({ state: 'finished', step: 20, steps: 20, epoch: 2, epochs: 2, error: null });
    expect(status.evaluation).to.include({ step: 20, metric: 'accuracy', samples: 30 });
    expect(status.plan.map(({ agent }) => agent)).to.deep.equal(['master', 'pi-1', 'pi-2']);
    expect(await readdir(status.folder)).to.have.members([
      'spec.json',
      'journal.ndjson',
      'figures.json',
      'metrics.csv',
      'model.safetensors',
    ]);
    const read = (name: string) => readFile(join(status.folder, name), 'utf8');
    expect(specOf(JSON.parse(await read('spec.json')))).to.deep.equal(specOf(smallRun()));
    const journal = (await read('journal.ndjson'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(journal.map(({ type, state }) => (type === 'state' ? state : type))).to.deep.equal([
      'planned',
      'begun',
      'running',
      'evaluated',
      'evaluated',
      'collecting',
      'ending',
      'finished',
    ]);
    expect((await read('metrics.csv')).trim().split('\n')).to.have.length(21);
    expect(decodeSafetensors(await modelOf(status)).tensors).to.have.length(6);
  });

  for (const agents of [1, 2, 4, 8]) {
    it(`ends in the weights of one process, byte by byte, with ${agents} boards`, async () => {
      const fleet = await open({ agents });
      await expectModel(await fleet.runToEnd(deepRun()), await localModel(fleet, deepRun()));
    });
  }

  it('and with the last layers at the master', async () => {
    const fleet = await open({ agents: 3 });
    const status = await fleet.runToEnd(deepRun({}, { masterStage: true }));
    expect(status.plan[0]?.layers).not.to.deep.equal([]);
    await expectModel(status, await localModel(fleet, deepRun()));
  });

  for (const agents of [1, 2, 4]) {
    it(`and under the schedule async, of one process under the same schedule, with ${agents} boards`, async () => {
      const fleet = await open({ agents, bus: await brokerBus() });
      const run = deepRun({ schedule: 'async' });
      const [expected, status] = [await localModel(fleet, run), await fleet.runToEnd(run)];
      await expectModel(status, expected);
      expect((await localModel(fleet, deepRun())).equals(expected), 'sync takes another way').to.equal(false);
    });
  }

  it('and over MQTT', async () => {
    const fleet = await open({ agents: 2, bus: await brokerBus() });
    await expectModel(await fleet.runToEnd(deepRun()), await localModel(fleet, deepRun()));
  });

  for (const [agents, bus] of [
    [1, brokerBus],
    [3, brokerBus],
    [2, async () => hubBus()],
  ] as const) {
    it(`and over direct links of ${agents} boards, ${bus === brokerBus ? 'the rest' : 'and nothing else'} over MQTT`, async () => {
      const fleet = await open({ agents, bus: await bus(), inboxOf: loopbackInbox });
      const passing = await openInbox(fleet.operator, fleet.topics.data('+', '+', '+' as 'forward'), 0);
      const status = await fleet.runToEnd(deepRun({}, { links: 'direct' }));
      expect(status.warnings).to.deep.equal([]);
      expect(status.master?.links).to.deep.equal({ forward: 'direct', backward: 'direct' });
      const seen = (await passing.take(agents)).map(({ topic }) => topic);
      expect(seen.every((topic) => topic.endsWith('/weights'))).to.equal(true);
      expect(passing.waiting()).to.equal(0);
      await expectModel(status, await localModel(fleet, deepRun()));
    });
  }

  it('and with Adam, one micro-batch a step, on the plain engine', async () => {
    const fleet = await open({ agents: 2, engine: 'plain' });
    const run = smallRun({ microBatches: 1 }, { engine: 'plain', optimizer: { type: 'adam', weightDecay: 0.01 } });
    await expectModel(await fleet.runToEnd(run), await localModel(fleet, run));
  });

  describe('with the engine blas', () => {
    before(function () {
      need(this, BLAS);
    });

    const FUSED = { optimizer: { type: 'sgd', learningRate: 0.1 } };
    for (const [what, run] of [
      ['', deepRun({}, { engine: 'blas' })],
      [', fused', deepRun({ microBatches: 1 }, { engine: 'blas', ...FUSED })],
    ] as const) {
      for (const agents of [1, 2, 4]) {
        it(`ends in the weights of one process too, byte by byte, with ${agents} boards${what}`, async () => {
          const fleet = await open({ agents, engine: 'blas' });
          await expectModel(await fleet.runToEnd(run), await localModel(fleet, run));
        });
      }
    }

    it('and with the last layers at the master', async () => {
      const fleet = await open({ agents: 2, engine: 'auto' });
      const status = await fleet.runToEnd(deepRun({}, { masterStage: true }));
      expect(status.engine).to.equal('blas');
      expect(status.plan[0]?.layers).not.to.deep.equal([]);
      await expectModel(status, await localModel(fleet, deepRun({}, { engine: 'blas' })));
    });

    it('computes with what all boards have, and refuses what one has not', async () => {
      const fleet = await open({ agents: 1, engine: 'auto' });
      await fleet.addAgent('old', 'wasm');
      const status = await fleet.runToEnd(smallRun());
      expect(status.engine).to.equal('wasm');
      expect(JSON.parse(await readFile(join(status.folder, 'spec.json'), 'utf8')).engine).to.equal('wasm');
      await expectModel(status, await localModel(fleet, smallRun()));
      const error = await rejectionOf(fleet.train(smallRun({}, { engine: 'blas' })));
      expect(error).to.include({ code: 'configuration' });
      expect(error.message).to.equal('board old cannot run the engine blas: only wasm was asked for (--engine)');
    });
  });

  it('and with SGD that is fused into backward', async () => {
    const fleet = await open({ agents: 2 });
    const run = smallRun({ microBatches: 1 }, { optimizer: { type: 'sgd', learningRate: 0.1 } });
    await expectModel(await fleet.runToEnd(run), await localModel(fleet, run));
  });

  it('goes on after a pause as if there had been none', async () => {
    const fleet = await open({ agents: 2 });
    const spec = deepRun({ epochs: 20 });
    const run = await fleet.train(spec);
    await fleet.until(run, ({ state, step }) => state === 'running' && step > 0);
    await fleet.ask('pause', { run });
    expect(await rejectionOf(fleet.ask('pause', { run }))).to.include({ code: 'command' });
    await fleet.until(run, ({ state }) => state === 'paused');
    await fleet.ask('resume', { run });
    expect(await rejectionOf(fleet.ask('resume', { run }))).to.include({ code: 'command' });
    await expectModel(await fleet.ended(run), await localModel(fleet, spec));
  });

  for (const held of [false, true]) {
    it(`saves the weights of the step under way when it is stopped ${held ? 'in a pause' : 'on its way'}`, async () => {
      const fleet = await open({ agents: 2 });
      const run = await fleet.train(smallRun({ epochs: 100_000 }));
      await fleet.until(run, ({ step }) => step > 0);
      if (held) await fleet.ask('pause', { run });
      await fleet.ask('stop', { run });
      const status = await fleet.ended(run);
      expect(status.state).to.equal('stopped');
      expect(status.step).to.be.within(1, status.steps - 1);
      const steps = { steps: status.step };
      expect((await modelOf(status)).equals(await localModel(fleet, smallRun({ epochs: 100_000, ...steps })))).to.equal(
        true,
      );
      expect(await rejectionOf(fleet.ask('stop', { run }))).to.include({ code: 'command' });
    });
  }

  it('is refused while another is on, and one at a time is listed', async () => {
    const fleet = await open({ agents: 1 });
    const run = await fleet.train(smallRun({ epochs: 100_000 }));
    const error = await rejectionOf(fleet.train(smallRun()));
    expect(error).to.include({ code: 'command', message: 'a run is on' });
    expect(error.remedy).to.contain('ringtmp stop');
    await fleet.ask('stop', { run });
    await fleet.ended(run);
    const next = await fleet.runToEnd(smallRun());
    expect(next.state).to.equal('finished');
    const { runs } = (await fleet.ask('runs')) as { runs: RunStatus[] };
    expect(runs.map(({ run, state }) => [run, state])).to.deep.equal([
      [run, 'stopped'],
      [next.run, 'finished'],
    ]);
  });

  it('steers no run that there is not', async () => {
    const fleet = await open({ agents: 0 });
    for (const verb of ['stop', 'pause', 'resume', 'checkpoint'] as const) {
      expect(await rejectionOf(fleet.ask(verb, { run: 'nobody' }))).to.include({ code: 'command' });
      expect(await rejectionOf(fleet.ask(verb))).to.include({ code: 'configuration' });
    }
  });

  it('is refused with the path, the value and the nearest key when its spec is wrong', async () => {
    const fleet = await open({ agents: 1 });
    const error = await rejectionOf(fleet.train(smallRun({ microBatchs: 3 })));
    expect(error.code).to.equal('configuration');
    expect(error.message).to.contain('training.microBatchs').and.to.contain('"microBatches"');
    const missing = await rejectionOf(
      fleet.train(smallRun({}, { data: { source: 'csv', path: 'no.csv', target: 0 } })),
    );
    expect(missing).to.include({ code: 'data' });
    expect(missing.message).to.contain('no.csv');
  });
});
