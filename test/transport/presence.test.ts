// A process that comes, vanishes, returns and leaves, as others see it.

import { expect } from 'chai';
import type { PresenceStatus } from '../../protocol/messages.js';
import { createHub, type Hub } from '../../transport/in-process.js';
import { followPresence, type Presence, withPresence } from '../../transport/presence.js';
import type { Transport } from '../../transport/transport.js';
import { createMailbox, rejectionOf } from './inbox.js';

const TOPIC = 'fleet/one/status';

describe('presence', () => {
  let hub: Hub;
  let client: Transport;
  beforeEach(async () => {
    hub = createHub();
    client = await hub.connect({ clientId: 'client' });
  });
  afterEach(() => client.close());

  const options = { topic: TOPIC, connect: (will: object) => hub.connect({ clientId: 'one', will: will as never }) };
  async function follow() {
    const statuses = createMailbox<PresenceStatus>();
    await followPresence(client, TOPIC, (status) => statuses.put(status));
    return statuses;
  }

  it('says online, offline as its will, online again and offline in the end, with one boot', async () => {
    const statuses = await follow();
    const presence = await withPresence(options, async (present) => present);
    await presence.announce();
    hub.sever('one');
    await hub.restore('one');
    await presence.leave();
    const told = await statuses.take(4);
    expect(told.map(({ state }) => state)).to.deep.equal(['online', 'offline', 'online', 'offline']);
    expect(new Set(told.map(({ boot }) => boot))).to.deep.equal(new Set([presence.boot]));
  });

  for (const announced of [false, true]) {
    it(`lets go when it cannot begin, ${announced ? 'with' : 'without'} a word`, async () => {
      const statuses = await follow();
      const failing = withPresence(options, async (presence: Presence) => {
        if (announced) await presence.announce();
        throw new Error('no');
      });
      expect((await rejectionOf(failing)).message).to.equal('no');
      await (await hub.connect({ clientId: 'one' })).close(); // the name is free again
      await client.publish(TOPIC, JSON.stringify({ state: 'online', boot: 0, time: 0 }), { qos: 1 });
      const told = (await statuses.take(announced ? 3 : 1)).map(({ state, boot }) => `${state} ${boot > 0}`);
      expect(told).to.deep.equal(announced ? ['online true', 'offline true', 'online false'] : ['online false']);
    });
  }

  it('passes over what is no status', async () => {
    const statuses = await follow();
    for (const payload of ['', '{', '{"state":"asleep"}', '{"state":"online","boot":1,"time":2}'])
      await client.publish(TOPIC, payload, { qos: 1 });
    expect(await statuses.take(1)).to.deep.equal([{ state: 'online', boot: 1, time: 2 }]);
  });
});
