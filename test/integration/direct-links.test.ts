// Runs with direct links on a real broker, where some of the links cannot be: each of those goes through the
// broker, the run says so, and ends in the same weights.

import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseMessage } from '../../protocol/messages.js';
import { type RunStatus, runEventSchema } from '../../protocol/run-messages.js';
import type { Inbox } from '../../transport/inbox.js';
import { brokerBus, hubBus } from '../support/bus.js';
import { type Fleet, type FleetOptions, loopbackInbox, modelOf, startFleet } from '../support/fleet.js';
import { smallRun } from '../support/specs.js';
import { openInbox } from '../transport/inbox.js';

const DIRECT = smallRun({}, { links: 'direct' });

describe('run with direct links', () => {
  let expected: Buffer;
  const fleets: Fleet[] = [];
  before(async () => {
    const fleet = await startFleet({ agents: 2 });
    expected = await modelOf(await fleet.runToEnd(smallRun()));
    await fleet.close();
  });
  afterEach(async () => {
    for (const fleet of fleets.splice(0)) await fleet.close();
  });

  async function open(options: Partial<FleetOptions>): Promise<Fleet> {
    const fleet = await startFleet({
      agents: 2,
      inboxOf: loopbackInbox,
      ...options,
      bus: options.bus ?? (await brokerBus()),
    });
    fleets.push(fleet);
    return fleet;
  }

  async function expectModel(status: RunStatus): Promise<void> {
    expect(status).to.include({ state: 'finished', error: null });
    expect((await modelOf(status)).equals(expected)).to.equal(true);
  }

  const warningsOf = ({ warnings = [] }: RunStatus) =>
    warnings.map(({ position, message }) => `${position}: ${message.replace(/ at [\d.:]+| \(.*\)/g, '')}`).sort();
  const toBoard2 = [
    '0: no direct link to position 2: frames go through the broker',
    '1: no direct link to position 2: frames go through the broker',
  ];

  /** As `pi-2` has it; all others have one that works. */
  const inboxOfPi2 = (change: (inbox: Inbox) => Promise<Inbox | null>) => async (member: string) => {
    const inbox = await loopbackInbox();
    return member === 'pi-2' ? change(inbox) : inbox;
  };

  for (const [what, change, reason] of [
    [
      'expects another secret',
      async (inbox) => ({
        ...inbox,
        admit: (invitation, onFrame) => inbox.admit({ ...invitation, secret: 'another secret' }, onFrame),
      }),
      'password is wrong',
    ],
    [
      'listens no more',
      async (inbox) => {
        await inbox.close();
        return { ...inbox, admit: async () => ({ close: async () => {} }) };
      },
      'nothing listens there',
    ],
    [
      'takes none',
      async (inbox) => {
        await inbox.close();
        return null;
      },
      'it takes none',
    ],
  ] as [string, (inbox: Inbox) => Promise<Inbox | null>, string][]) {
    it(`goes by the broker to a board that ${what}, and says so`, async () => {
      const fleet = await open({ inboxOf: inboxOfPi2(change) });
      const events = await openInbox(fleet.operator, fleet.topics.runEvents('+'));
      const status = await fleet.runToEnd(DIRECT);
      await expectModel(status);
      expect(warningsOf(status)).to.deep.equal(toBoard2);
      expect(status.warnings?.[0]?.message).to.contain(reason);
      expect(status.master?.links).to.deep.equal({ forward: 'direct', backward: 'hub' });
      const told = (await events.take(events.waiting())).map(({ payload }) => parseMessage(runEventSchema, payload));
      expect(told.filter(({ type }) => type === 'warning').map(({ position }) => position)).to.have.members([0, 1]);
      expect(await readFile(join(status.folder, 'journal.ndjson'), 'utf8')).to.contain('"type":"warning"');
    });
  }

  it('waits no longer for a neighbour that does not answer than for a connection', async () => {
    const taken = new Set<Socket>();
    const frozen = createServer((socket) => taken.add(socket.pause().on('error', () => {})));
    await once(frozen.listen(0, '127.0.0.1'), 'listening');
    const address = { host: '127.0.0.1', port: (frozen.address() as AddressInfo).port };
    const fleet = await open({ inboxOf: inboxOfPi2(async (inbox) => ({ ...inbox, address })) });
    const status = await fleet.runToEnd(DIRECT);
    frozen.close();
    for (const socket of taken) socket.destroy();
    await expectModel(status);
    expect(warningsOf(status)).to.deep.equal(toBoard2);
    expect(status.elapsedSeconds).to.be.below(8);
  });

  it('has secrets that are told to the boards alone', async () => {
    const fleet = await open({ bus: hubBus() });
    const everything = await openInbox(fleet.operator, fleet.topics.all());
    const status = await fleet.runToEnd(DIRECT);
    const heard = await everything.take(everything.waiting());
    const [assignments, others] = [/\/request\/assign$/, /(?<!\/request\/assign)$/].map((pattern) =>
      heard.filter(({ topic }) => pattern.test(topic)).map(({ payload }) => payload.toString('latin1')),
    );
    const secrets = assignments!
      .join()
      .match(/"secret":"[^"]+"/g)!
      .map((match) => match.slice(10, -1));
    expect(new Set(secrets)).to.have.length(3);
    const files = await Promise.all(
      (await readdir(status.folder)).map((name) => readFile(join(status.folder, name), 'latin1')),
    );
    for (const secret of secrets) expect([...others!, ...files].some((text) => text.includes(secret))).to.equal(false);
  });

  it('goes on from the last cut when a link breaks, and says which', async () => {
    const inboxes = new Map<string, Inbox>();
    const fleet = await open({
      inboxOf: async (member) => {
        const inbox = await loopbackInbox();
        inboxes.set(member, inbox);
        return inbox;
      },
    });
    const run = await fleet.train(smallRun({ epochs: 1_000_000 }, { links: 'direct' }));
    await fleet.until(run, ({ step }) => step > 0);
    await inboxes.get('pi-2')?.close();
    const { folder } = await fleet.until(run, ({ state }) => state === 'recovering');
    const journal = await readFile(join(folder, 'journal.ndjson'), 'utf8');
    expect(journal).to.match(/"type":"lost".*a frame was lost, because the direct link to position 2 was/);
    await fleet.until(run, ({ state, generation }) => state === 'running' && generation > 0);
    await fleet.ask('stop', { run });
    expect(await fleet.ended(run)).to.include({ state: 'stopped', error: null });
  });

  it('goes by the broker alone where the run does not ask for more', async () => {
    const fleet = await open({});
    const status = await fleet.runToEnd(smallRun());
    await expectModel(status);
    expect(status.master?.links).to.deep.equal({ forward: 'hub', backward: 'hub' });
  });
});
