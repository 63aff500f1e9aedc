// A direct link to a real inbox, and to all that may be in its place: nobody, somebody else, somebody who
// does not answer, somebody who takes nothing more.

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { type Inbox, openInbox } from '../../broker/inbox.js';
import type { ConnectionError } from '../../errors.js';
import type { LinkAddress } from '../../protocol/link-address.js';
import { type DirectLinkOptions, openDirectLink } from '../../transport/direct-link.js';
import type { Outlet } from '../../transport/outlet.js';
import { silent } from '../support/bus.js';
import { createMailbox, rejectionOf } from './inbox.js';

const SECRET = 'the secret of this link';
const TOPIC = 'ringtmp/v1/lab/runs/run/2/forward';
const LOGIN = { run: 'run', position: 1, channel: 'forward' } as const;
const INVITATION = { login: 'run.1.forward', secret: SECRET, topic: TOPIC };
const CONNACK = Buffer.from([0x20, 2, 0, 0]);

describe('direct link', () => {
  const opened: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });

  async function openTestInbox(): Promise<Inbox> {
    const inbox = await openInbox({ host: '127.0.0.1', log: silent });
    opened.push(() => inbox.close());
    return inbox;
  }

  /** Whatever it is that listens there instead of an inbox. */
  async function listen(onConnection: (socket: Socket) => void): Promise<LinkAddress> {
    const server: Server = createServer((socket) => {
      opened.push(() => socket.destroy());
      onConnection(socket.on('error', () => {}));
    });
    opened.push(() => server.close());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
  }

  function link(address: LinkAddress | null, changes: Partial<DirectLinkOptions> = {}) {
    const byHub = createMailbox<string>();
    const reasons: ConnectionError[] = [];
    const fallback: Outlet = {
      kind: 'hub',
      name: 'the hub',
      publish: async (_, payload) => byHub.put(Buffer.from(payload).toString()),
      onBroken: () => {},
      close: async () => {},
    };
    const end = { address, secret: SECRET };
    const onFallback = (reason: ConnectionError) => reasons.push(reason);
    const outlet = openDirectLink({ login: LOGIN, to: 2, end, fallback, onFallback, ...changes });
    opened.push(() => outlet.close());
    return { outlet, byHub, reasons };
  }

  const bytes = (text: string) => Buffer.from(text);

  it('carries frames in order, of every size', async () => {
    const inbox = await openTestInbox();
    const frames = createMailbox<Buffer>();
    await inbox.admit(INVITATION, (_, payload) => frames.put(Buffer.from(payload)));
    const { outlet, byHub, reasons } = link(inbox.address);
    const sizes = [0, 1, 127, 128, 16_383, 16_384, 65_537, 2 ** 20, 5];
    for (const size of sizes) await outlet.publish(TOPIC, new Uint8Array(size).fill(size % 251));
    const arrived = await frames.take(sizes.length);
    expect(arrived.map(({ length }) => length)).to.deep.equal(sizes);
    expect(arrived.every((frame) => frame.every((byte) => byte === frame.length % 251))).to.equal(true);
    expect([outlet.kind, byHub.waiting(), reasons.length]).to.deep.equal(['direct', 0, 0]);
  });

  it('comes again with the first frame when it was too early', async () => {
    const inbox = await openTestInbox();
    const { outlet, reasons } = link(inbox.address);
    await new Promise((resolve) => setImmediate(resolve));
    const frames = createMailbox<string>();
    await inbox.admit(INVITATION, (_, payload) => frames.put(Buffer.from(payload).toString()));
    await Promise.all(['1', '2', '3'].map((text) => outlet.publish(TOPIC, bytes(text))));
    expect(await frames.take(3)).to.deep.equal(['1', '2', '3']);
    expect(reasons).to.deep.equal([]);
  });

  for (const [what, open, reason] of [
    ['is not known', async () => null, 'takes none'],
    ['answers nothing', () => listen(() => {}), 'no answer within 0.1 s'],
    ['hangs up', () => listen((socket) => socket.destroy()), 'closed'],
    ['speaks something else', () => listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')), ''],
    ['refuses the login', () => listen((socket) => socket.end(Buffer.from([0x20, 2, 0, 4]))), 'password is wrong'],
  ] as [string, () => Promise<LinkAddress | null>, string][]) {
    it(`goes by the hub when the neighbour ${what}, with all frames in order`, async () => {
      const { outlet, byHub, reasons } = link(await open(), { connectTimeoutMs: 100 });
      await Promise.all(['1', '2', '3'].map((text) => outlet.publish(TOPIC, bytes(text))));
      expect(await byHub.take(3)).to.deep.equal(['1', '2', '3']);
      expect([outlet.kind, outlet.name]).to.deep.equal(['hub', 'the hub']);
      expect(reasons).to.have.length(1);
      expect(reasons[0]?.message)
        .to.match(/^no direct link to position 2/)
        .and.contain(reason);
      expect(reasons[0]?.remedy).to.contain('--link-address');
      expect(JSON.stringify([reasons[0]?.message, reasons[0]?.remedy])).not.to.contain(SECRET);
    });
  }

  it('goes by the hub when nobody listens there, or the secret is another', async () => {
    const inbox = await openTestInbox();
    await inbox.admit({ ...INVITATION, secret: 'the secret of another' }, () => {});
    const refused = link(inbox.address);
    await refused.outlet.publish(TOPIC, bytes('1'));
    expect(refused.reasons[0]?.message).to.contain('password is wrong');
    await inbox.close();
    const alone = link(inbox.address);
    await alone.outlet.publish(TOPIC, bytes('1'));
    expect(alone.reasons[0]?.message).to.contain('nothing listens there');
  });

  it('that takes nothing more holds up no other, and closes all the same', async () => {
    const frozen = link(await listen((socket) => socket.write(CONNACK) && socket.pause()));
    const stuck: Promise<unknown>[] = [];
    for (let frame = 0; frame < 8; frame++)
      stuck.push(rejectionOf(frozen.outlet.publish(TOPIC, new Uint8Array(2 ** 21))));
    const inbox = await openTestInbox();
    const frames = createMailbox<number>();
    await inbox.admit(INVITATION, (_, payload) => frames.put(payload.length));
    const other = link(inbox.address);
    for (let frame = 0; frame < 20; frame++) await other.outlet.publish(TOPIC, new Uint8Array(2 ** 18));
    expect(await frames.take(20)).to.have.length(20);
    await frozen.outlet.close();
    await Promise.all(stuck);
    expect(frozen.reasons).to.deep.equal([]);
  });

  it('that breaks says so at once and at the next frame, and does not go by the hub', async () => {
    const inbox = await openTestInbox();
    await inbox.admit(INVITATION, () => {});
    const { outlet, byHub, reasons } = link(inbox.address);
    await outlet.publish(TOPIC, bytes('1'));
    const broken = new Promise<Error>((resolve) => {
      outlet.onBroken = resolve;
    });
    await inbox.close();
    expect(await broken).to.be.instanceOf(Error);
    for (;;) {
      const failed = await outlet.publish(TOPIC, bytes('2')).then(
        () => false,
        () => true,
      );
      if (failed) break;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([outlet.kind, byHub.waiting(), reasons.length]).to.deep.equal(['direct', 0, 0]);
  });

  it('takes nothing after its close, also when it was never used', async () => {
    const { outlet, byHub, reasons } = link(await listen(() => {}));
    await Promise.all([outlet.close(), outlet.close()]);
    expect(await rejectionOf(outlet.publish(TOPIC, bytes('1')))).to.include({ code: 'connection' });
    expect([byHub.waiting(), reasons.length]).to.deep.equal([0, 0]);
  });
});
