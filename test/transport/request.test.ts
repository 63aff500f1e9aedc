// Commands over publish and subscribe, both ends: answered, refused, repeated, too old, unanswered.

import { expect } from 'chai';
import { CommandError, RemoteError, TimeoutError } from '../../errors.js';
import { createHub, type Hub } from '../../transport/in-process.js';
import { clockOffsetOf, request } from '../../transport/request-client.js';
import { serveRequests } from '../../transport/request-server.js';
import type { Transport } from '../../transport/transport.js';
import { openInbox, rejectionOf } from './inbox.js';

const requestTopic = (verb: string) => `request/${verb}`;
const responseTopic = (verb: string) => `response/${verb}`;
const NOW_MS = 10 * 60_000;

describe('requests', () => {
  let hub: Hub;
  let server: Transport;
  let client: Transport;
  let clockIsSet: boolean;
  let served: number;

  beforeEach(async () => {
    hub = createHub();
    [server, client] = [await hub.connect({ clientId: 'server' }), await hub.connect({ clientId: 'client' })];
    clockIsSet = true;
    served = 0;
    await serveRequests({
      transport: server,
      requestTopic,
      responseTopic,
      handlers: {
        add: async ({ a, b }) => {
          served++;
          return Number(a) + Number(b);
        },
        nothing: async () => undefined,
        refuse: async () => {
          throw new CommandError('not today', { remedy: 'Ask tomorrow.' });
        },
        fail: async () => {
          throw new TypeError('a bug');
        },
        silence: () => new Promise(() => {}),
      },
      now: () => NOW_MS,
      clockIsSet: () => clockIsSet,
    });
  });

  afterEach(() => Promise.all([server.close(), client.close()]));

  const ask = (verb: string, body: object = {}, options: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
    request(client, {
      requestTopic: requestTopic(verb),
      responseTopic: responseTopic(verb),
      body,
      timeoutMs: 60_000,
      whom: 'the server',
      ...options,
    });

  /** Publishes as a person with an MQTT client would, and reads the answer. */
  async function say(verb: string, payload: object | string) {
    const inbox = await openInbox(client, responseTopic(verb));
    await client.publish(requestTopic(verb), typeof payload === 'string' ? payload : JSON.stringify(payload), {
      qos: 1,
    });
    const [text] = await inbox.texts(1);
    await inbox.subscription.close();
    return JSON.parse(text as string);
  }

  it('are answered, at the same time too', async () => {
    expect(await Promise.all([ask('add', { a: 1, b: 2 }), ask('add', { a: 3, b: 4 })])).to.deep.equal([3, 7]);
    expect(await ask('nothing')).to.equal(null);
  });

  it('are refused with the code, the message and the remedy', async () => {
    const error = await rejectionOf(ask('refuse'));
    expect(error).to.be.instanceOf(RemoteError);
    expect(error).to.include({ code: 'command', message: 'not today', remedy: 'Ask tomorrow.' });
    expect(await rejectionOf(ask('fail'))).to.include({ code: 'internal', message: 'a bug' });
  });

  it('are refused when there is no such command', async () => {
    const error = await rejectionOf(ask('toString'));
    expect(error).to.include({ code: 'command', message: 'there is no command "toString"' });
    expect(error.remedy).to.contain('add, nothing, refuse');
  });

  it('act once: a repeated id is refused', async () => {
    expect(await say('add', { id: 'x', a: 1, b: 1 })).to.deep.equal({ id: 'x', ok: true, data: 2, time: NOW_MS });
    const again = await say('add', { id: 'x', a: 1, b: 1 });
    expect(again).to.deep.include({ id: 'x', ok: false });
    expect(again.error).to.include({ code: 'command', message: 'the command id x was used before' });
    expect(served).to.equal(1);
  });

  it('may use an id again after many others: memory is bounded', async () => {
    for (let count = 0; count < 257; count++) await say('add', { id: `${count}`, a: 1, b: 1 });
    expect((await say('add', { id: '256' })).ok).to.equal(false);
    expect((await say('add', { id: '0' })).ok).to.equal(true);
  });

  it('are refused when they are old, but only by a clock that is set', async () => {
    const old = { time: NOW_MS - 5 * 60_000 - 1000 };
    const answer = await say('add', { id: 'a', ...old });
    expect(answer.error.message).to.equal('the command is 301 s old, at most 300 s are accepted');
    clockIsSet = false;
    expect((await say('add', { id: 'b', ...old })).ok).to.equal(true);
  });

  for (const nonsense of ['no JSON', '[]', '{}', '{"id": 7}', '{"id": ""}', '']) {
    it(`answer even ${JSON.stringify(nonsense)}`, async () => {
      const { id, ok, error } = await say('add', nonsense);
      expect({ id, ok }).to.deep.equal({ id: '', ok: false });
      expect(error.code).to.equal('command');
      expect(error.message).to.contain('malformed');
      expect(error.remedy).to.contain('"id"');
      expect(served).to.equal(0);
    });
  }

  it('tell how far the clocks are apart, also when they are refused', async () => {
    const offset = (verb: string) => {
      const ticks = [1_000, 1_040];
      const now = () => ticks.shift() as number;
      const options = {
        requestTopic: requestTopic(verb),
        responseTopic: responseTopic(verb),
        body: {},
        timeoutMs: 60_000,
      };
      return clockOffsetOf(client, { ...options, whom: 'the server', now });
    };
    const expected = { offsetMs: NOW_MS - 1_020, withinMs: 20 };
    expect(await offset('nothing')).to.deep.equal(expected);
    expect(await offset('refuse')).to.deep.equal(expected);
  });

  it('take no notice of answers that are none', async () => {
    const inbox = await openInbox(client, requestTopic('silence'));
    const asked = ask('silence');
    const [received] = await inbox.texts(1);
    const { id } = JSON.parse(received as string);
    for (const answer of ['nonsense', { id: 'another', ok: true, data: 1 }, { id, ok: true, data: 2 }]) {
      await server.publish(responseTopic('silence'), typeof answer === 'string' ? answer : JSON.stringify(answer), {
        qos: 1,
      });
    }
    expect(await asked).to.equal(2);
  });

  it('end in time, and say who did not answer', async () => {
    const error = await rejectionOf(ask('silence', {}, { timeoutMs: 1 }));
    expect(error).to.be.instanceOf(TimeoutError);
    expect(error.message).to.equal('the server did not answer within 0.001 s');
  });

  it('end in time without a connection too, and are not made up for later', async () => {
    const inbox = await openInbox(server, requestTopic('add'));
    hub.sever('client');
    expect(await rejectionOf(ask('add', {}, { timeoutMs: 1 }))).to.be.instanceOf(TimeoutError);
    await hub.restore('client');
    await ask('nothing');
    expect(inbox.waiting()).to.equal(0);
  });

  it('end when they are given up, before or while they wait', async () => {
    const reason = new Error('given up');
    expect(await rejectionOf(ask('add', {}, { signal: AbortSignal.abort(reason) }))).to.equal(reason);
    expect(served).to.equal(0);
    const controller = new AbortController();
    const asked = rejectionOf(ask('silence', {}, { signal: controller.signal }));
    controller.abort(reason);
    expect(await asked).to.equal(reason);
  });
});
