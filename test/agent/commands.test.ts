// What a board can be told, over real requests and responses.

import { expect } from 'chai';
import { agentInfoSchema } from '../../protocol/agent-messages.js';
import { lastFiguresSchema } from '../../protocol/assignment.js';
import { encodeFrame } from '../../protocol/frame.js';
import { parseMessage } from '../../protocol/messages.js';
import { type RunEvent, runEventSchema } from '../../protocol/run-messages.js';
import { AGENT_VERBS } from '../../protocol/topics.js';
import { validate } from '../../protocol/validation.js';
import { silent } from '../support/bus.js';
import { deepRun, smallRun, specOf } from '../support/specs.js';
import { createMailbox, openInbox, rejectionOf } from '../transport/inbox.js';
import { type AgentBench, agentBench, assignment, ID, topics } from './bench.js';

describe('commands of an agent', () => {
  const open = agentBench();

  async function holds({ ask }: AgentBench): Promise<{ run: string; position: number } | null> {
    return ((await ask('diagnose')) as { holds: { run: string; position: number } | null }).holds;
  }

  it('identify lets the light tell which board it is', async () => {
    const shown = createMailbox<string>();
    const log = { ...silent, info: ({ pattern }: { pattern?: string }) => pattern && shown.put(pattern) };
    const { ask } = await open({ log: log as typeof silent });
    expect(await ask('identify')).to.deep.equal({ light: 'simulated', seconds: 5 });
    expect(await shown.take(2)).to.deep.equal(['idle', 'identify']);
  });

  it('benchmark measures anew and tells everybody', async () => {
    const { client, ask } = await open();
    const inbox = await openInbox(client, topics.agentInfo(ID));
    await inbox.take(1);
    const { engine, gflops } = (await ask('benchmark')) as { engine: string; gflops: number };
    expect(engine).to.equal('wasm');
    const [birth] = await inbox.take(1);
    expect(parseMessage(agentInfoSchema, birth?.payload as Buffer).gflops).to.equal(gflops);
  });

  it('diagnose tells what the board knows of itself', async () => {
    const bench = await open();
    expect(await bench.ask('diagnose')).to.deep.include({ agent: ID, engine: 'wasm', light: 'simulated', holds: null });
    await bench.ask('assign', assignment());
    const { holds: held } = (await bench.ask('diagnose')) as { holds: { figures: { bytesIn: number } } };
    expect(held).to.include({ run: 'run-1', position: 1 });
    expect(held.figures.bytesIn).to.equal(0);
  });

  it('restart answers first, then ends the process', async () => {
    const restarted = createMailbox<true>();
    const { ask } = await open({ restart: () => restarted.put(true) });
    expect(await ask('restart')).to.deep.equal({ restarting: true });
    await restarted.take(1);
  });

  it('assign gives a position, release takes it back', async () => {
    const bench = await open();
    expect(await bench.ask('assign', assignment())).to.deep.equal({ assigned: true });
    expect(await holds(bench)).to.include({ run: 'run-1', position: 1 });
    const answer = await bench.ask('release', { run: 'run-1' });
    expect(answer).to.include({ released: true });
    expect(await holds(bench)).to.equal(null);
    const { figures, rssBytes, peakRssBytes } = validate('answer', lastFiguresSchema, answer);
    expect(figures).to.include({ phase: 'idle', bytesOut: 0 });
    expect(peakRssBytes).to.be.at.least(0.9 * (rssBytes as number));
  });

  it('release has no figures of a position that is not held', async () => {
    const bench = await open();
    expect(await bench.ask('release', { run: 'run-1' })).to.include({ released: true, figures: null });
  });

  it('assign while another run is held replaces it', async () => {
    const bench = await open();
    await bench.ask('assign', assignment());
    await bench.ask('assign', assignment({ run: 'run-2', position: 2 }));
    expect(await holds(bench)).to.include({ run: 'run-2', position: 2 });
  });

  it('release of a run that is not held leaves the one that is', async () => {
    const bench = await open();
    await bench.ask('release', { run: 'run-1' });
    await bench.ask('assign', assignment());
    await bench.ask('release', { run: 'run-2' });
    expect(await holds(bench)).to.include({ run: 'run-1' });
  });

  it('assign and release at the same time take effect in order', async () => {
    const bench = await open();
    await Promise.all([
      bench.ask('assign', assignment()),
      bench.ask('release', { run: 'run-1' }),
      bench.ask('assign', assignment({ run: 'run-2' })),
    ]);
    expect(await holds(bench)).to.include({ run: 'run-2' });
  });

  it('assign is refused when it makes no sense, by what is wrong', async () => {
    const bench = await open();
    for (const [changes, message] of [
      [{ position: 0 }, /no position 0/],
      [{ position: 3 }, /no position 3/],
      [{ firstLayer: 2 }, /begins at layer 2 and ends before layer 2/],
      [{ window: 0 }, /window/],
      [{ run: 'Not A Name' }, /run/],
      [{ spec: { ...specOf(smallRun()), loss: 'none' } }, /spec\.loss/],
      [{ inputShape: 'four' }, /inputShape/],
    ] as const) {
      const error = await rejectionOf(bench.ask('assign', assignment(changes as object)));
      expect(error.code).to.be.oneOf(['command', 'configuration']);
      expect(error.message).to.match(message);
    }
    expect(await holds(bench)).to.equal(null);
  });

  it('assign is refused when the stage does not fit, and nothing is held then', async () => {
    const bench = await open({ memoryBytes: 1000 });
    const error = await rejectionOf(bench.ask('assign', assignment()));
    expect(error.code).to.equal('capacity');
    expect(error.message).to.match(/\d+ bytes/);
    expect(await holds(bench)).to.equal(null);
  });

  it('tells the run of numbers that are none, with step and layer', async () => {
    const { client, ask } = await open();
    const events = await openInbox(client, topics.runEvents('run-1'));
    await ask('assign', assignment({ spec: specOf(deepRun()) }));
    const tensor = { shape: [6, 4], data: new Float32Array(24).fill(Number.NaN) };
    const frame = encodeFrame({ run: 'run-1', generation: 0, kind: 'activation', step: 0, micro: 0, tensor });
    await client.publish(topics.data('run-1', 1, 'forward'), frame, { qos: 0 });
    const [event] = await events.take(1);
    const { type, position, error } = parseMessage(runEventSchema, event?.payload as Buffer) as RunEvent;
    expect({ type, position }).to.deep.equal({ type: 'fault', position: 1 });
    expect(error?.code).to.equal('compute');
    expect(error?.message).to.contain('input').and.to.contain('step 0, micro-batch 0');
  });

  it('a repeated id is refused: whatever arrives twice acts once', async () => {
    const { client } = await open();
    const inbox = await openInbox(client, topics.agentResponse(ID, 'diagnose'));
    const say = async () => {
      await client.publish(topics.agentRequest(ID, 'diagnose'), '{"id":"same"}', { qos: 1 });
      return JSON.parse((await inbox.texts(1))[0] as string);
    };
    const [first, second] = [await say(), await say()];
    expect(first).to.include({ id: 'same', ok: true });
    expect(second).to.include({ id: 'same', ok: false });
    expect(second.error.code).to.equal('command');
  });

  it('what is malformed is answered, whatever the verb', async () => {
    const { client } = await open();
    const inbox = await openInbox(client, topics.agentResponse(ID, '+'));
    for (const verb of [...AGENT_VERBS, 'nonsense']) {
      await client.publish(topics.agentRequest(ID, verb), '{"id":', { qos: 1 });
      const [response] = await inbox.take(1);
      expect(response?.topic).to.equal(topics.agentResponse(ID, verb));
      expect(JSON.parse(response?.payload.toString() ?? '')).to.deep.include({ id: '', ok: false });
    }
  });
});
