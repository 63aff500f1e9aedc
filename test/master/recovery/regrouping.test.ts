// Which boards a run goes on with after a loss.

import { expect } from 'chai';
import type { OwnBoard } from '../../../master/arrangement.js';
import { FleetRegistry } from '../../../master/fleet-registry.js';
import { Regrouping } from '../../../master/recovery/regrouping.js';
import { topicsOf } from '../../../protocol/topics.js';
import { createHub, type Hub } from '../../../transport/in-process.js';
import type { Transport } from '../../../transport/transport.js';
import { deepRun, specOf } from '../../support/specs.js';
import { createMailbox, rejectionOf } from '../../transport/inbox.js';

const topics = topicsOf('lab');
const NEVER = new AbortController().signal;

const infoOf = (agent: string, memoryBytes: number, engine: string, dilation: number) => ({
  ...{ agent, version: '1.0.0', board: 'a board', cores: 4, memoryBytes, engine, gflops: 2, engineReason: '' },
  ...{ engines: { [engine]: 2 }, lacks: {}, sensor: null, lights: null, links: null, profile: null, dilation },
});

describe('regrouping', () => {
  let hub: Hub;
  let boards: Transport;
  let master: Transport;
  let registry: FleetRegistry;
  let nowMs = 0;
  const waits = createMailbox<string>();

  beforeEach(async () => {
    nowMs = 0;
    hub = createHub();
    [boards, master] = [await hub.connect({ clientId: 'boards' }), await hub.connect({ clientId: 'master' })];
    registry = new FleetRegistry(master, topics);
    await registry.open();
  });
  afterEach(async () => {
    await registry.close();
    await Promise.all([boards.close(), master.close()]);
  });

  const say = (topic: string, message: object) =>
    boards.publish(topic, JSON.stringify(message), { qos: 1, retain: true });
  const status = (agent: string, state: string) => say(topics.agentStatus(agent), { state, boot: 1, time: 1 });
  const come = async (agent: string, memoryBytes = 1e8, engine = 'wasm', dilation = 1) => {
    await say(topics.agentInfo(agent), infoOf(agent, memoryBytes, engine, dilation));
    await status(agent, 'online');
    await registry.until(() => registry.isThere(agent), 60_000);
  };
  /** Resolves when the master knows it. */
  const leave = async (agent: string) => {
    await status(agent, 'offline');
    await registry.until(() => !registry.isThere(agent), 60_000);
  };
  const regroupingOf = (changes: object = {}, graceMs = 0, own: OwnBoard | null = null) =>
    new Regrouping({
      registry,
      spec: specOf(deepRun({}, changes)),
      inputShape: [4],
      own,
      inbox: null,
      graceMs,
      dilation: 1,
      nowMs: () => nowMs,
    });
  const arranged = async (regrouping: Regrouping, before: readonly string[] = [], signal = NEVER) => {
    const { plan } = await regrouping.arrange(before, (reason) => waits.put(reason), signal);
    return plan.entries.flatMap(({ agent, position }) => (position > 0 ? [agent] : []));
  };

  it('takes all that can compute as the run does', async () => {
    for (const agent of ['pi-1', 'pi-10', 'pi-2']) await come(agent);
    await come('pi-3', 1e8, 'plain');
    await come('pi-4', 1e8, 'wasm', 2); // an emulated board whose time is another
    expect(await arranged(regroupingOf())).to.deep.equal(['pi-1', 'pi-2', 'pi-10']);
    expect(regroupingOf().hasMoreThan(3)).to.equal(false);
  });

  for (const [consistency, isBetter] of [
    ['bsp', true],
    ['asp', false],
  ] as const) {
    it(`${isBetter ? 'moves' : 'does not move'} samples off a board of a star that stays slow under ${consistency}`, async () => {
      for (const agent of ['pi-1', 'pi-2', 'pi-3']) await come(agent);
      const regrouping = regroupingOf({ mode: 'star', star: { consistency } }, 0, infoOf('master', 1e9, 'wasm', 1));
      const { plan } = await regrouping.arrange([], () => {}, NEVER);
      const measured = new Map(
        plan.entries.map(({ agent, microBatchMs }) => [agent, microBatchMs * (agent === 'pi-2' ? 3 : 1)]),
      );
      const looks = Array.from({ length: 4 }, () => {
        nowMs += 11_000;
        return regrouping.hasBetterThan(plan.entries, measured);
      });
      expect(looks.includes(true)).to.equal(isBetter);
    });
  }

  it('waits for those of before, but no longer than the grace', async () => {
    for (const agent of ['pi-1', 'pi-2']) await come(agent);
    const returning = arranged(regroupingOf({}, 60_000), ['pi-1', 'pi-2', 'pi-3']);
    await come('pi-3');
    expect(await returning).to.deep.equal(['pi-1', 'pi-2', 'pi-3']);
    await leave('pi-3');
    expect(await arranged(regroupingOf({}, 1), ['pi-1', 'pi-2', 'pi-3'])).to.deep.equal(['pi-1', 'pi-2']);
  });

  it('prefers those that took part: they have something of the run', async () => {
    const regrouping = regroupingOf({ boards: 2 });
    for (const agent of ['pi-3', 'pi-4']) await come(agent);
    regrouping.begun(await arranged(regrouping));
    for (const agent of ['pi-1', 'pi-2']) await come(agent);
    await leave('pi-3');
    expect(await arranged(regrouping, ['pi-3', 'pi-4'])).to.deep.equal(['pi-1', 'pi-4']);
    await come('pi-3'); // before a generation has begun with pi-1
    expect(await arranged(regrouping, ['pi-1', 'pi-4'])).to.deep.equal(['pi-3', 'pi-4']);
  });

  it('leaves a board out for a while that does not answer, and then asks it again', async () => {
    for (const agent of ['pi-1', 'pi-2']) await come(agent);
    const regrouping = regroupingOf({}, 60_000);
    regrouping.distrust('pi-1');
    expect(await arranged(regrouping, ['pi-1', 'pi-2'])).to.deep.equal(['pi-2']);
    nowMs = 31_000;
    expect(await arranged(regrouping, ['pi-2'])).to.deep.equal(['pi-1', 'pi-2']);
  });

  it('blames no board while nobody can be heard', async () => {
    await come('pi-1');
    const regrouping = regroupingOf();
    hub.stop();
    regrouping.onSilent('pi-1');
    const waiting = arranged(regrouping, ['pi-1']);
    expect(await waits.take(1)).to.deep.equal(['there is no connection to the broker']);
    await hub.start();
    await status('pi-1', 'online');
    expect(await waiting).to.deep.equal(['pi-1']);
  });

  it('says why it waits, until it need not', async () => {
    const waiting = arranged(regroupingOf());
    expect(await waits.take(1)).to.deep.equal(['no board is online']);
    await come('pi-1', 1000);
    expect((await waits.take(1))[0]).to.match(/bytes|MB|kB|KiB|MiB/);
    await come('pi-2');
    expect(await waiting).to.deep.equal(['pi-2']);
  });

  it('leaves out what is too small for any stage, and does not take it for one more board', async () => {
    for (const agent of ['pi-1', 'pi-2']) await come(agent);
    const regrouping = regroupingOf();
    await come('pi-3', 1000);
    expect(await arranged(regrouping)).to.deep.equal(['pi-1', 'pi-2']);
    expect(regrouping.hasMoreThan(2)).to.equal(false);
    await come('pi-4');
    expect(regrouping.hasMoreThan(2)).to.equal(true);
  });

  it('ends with the run', async () => {
    const run = new AbortController();
    const waiting = rejectionOf(arranged(regroupingOf(), ['pi-1'], run.signal));
    await waits.take(1);
    run.abort(new Error('over'));
    expect((await waiting).message).to.equal('over');
  });
});
