// A master's beginning and end, as others see them.

import { expect } from 'chai';
import { ConnectionError } from '../../errors.js';
import { type MasterOptions, startMaster } from '../../master/master.js';
import { parseMessage, presenceSchema } from '../../protocol/messages.js';
import { topicsOf } from '../../protocol/topics.js';
import { createHub, type Hub } from '../../transport/in-process.js';
import type { Transport } from '../../transport/transport.js';
import { FLEET, silent } from '../support/bus.js';
import { openInbox, rejectionOf } from '../transport/inbox.js';

const topics = topicsOf(FLEET);

describe('master', () => {
  let hub: Hub;
  let client: Transport;
  beforeEach(async () => {
    hub = createHub();
    client = await hub.connect({ clientId: 'client' });
  });
  afterEach(() => client.close());

  const optionsWith = (connect: MasterOptions['connect']): MasterOptions => ({
    fleet: FLEET,
    version: '0.0.0',
    connect,
    runsFolder: 'none',
    dataFolders: ['none'],
    boardsTimeoutMs: 1,
    memoryBytes: 1,
    log: silent,
  });

  it('says that it is there, leaves a will, and says goodbye', async () => {
    const inbox = await openInbox(client, topics.masterStatus());
    const next = async () => parseMessage(presenceSchema, (await inbox.take(1))[0]?.payload as Buffer).state;
    const master = await startMaster(optionsWith((will) => hub.connect({ clientId: 'master', will })));
    expect(await next()).to.equal('online');
    hub.sever('master');
    expect(await next()).to.equal('offline');
    await hub.restore('master');
    expect(await next()).to.equal('online');
    await master.close();
    expect(await next()).to.equal('offline');
  });

  it('lets go of its connection when it cannot begin', async () => {
    const denied = new ConnectionError('denied');
    const connect = async () => {
      const transport = await hub.connect({ clientId: 'master' });
      transport.subscribe = () => Promise.reject(denied);
      return transport;
    };
    expect(await rejectionOf(startMaster(optionsWith(connect)))).to.equal(denied);
    await (await hub.connect({ clientId: 'master' })).close(); // its name is free again
  });
});
