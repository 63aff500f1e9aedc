// Two agents of one name at a real broker: the elder gives way, and the younger stays.

import { expect } from 'chai';
import type { ConnectionError } from '../../errors.js';
import { parseMessage, presenceSchema } from '../../protocol/messages.js';
import { topicsOf } from '../../protocol/topics.js';
import { brokerBus, FLEET } from '../support/bus.js';
import { startTestAgent } from '../support/fleet.js';
import { createMailbox, openInbox } from '../transport/inbox.js';

describe('namesakes', () => {
  it('do not throw each other out for ever', async () => {
    const bus = await brokerBus();
    const operator = await bus.connect('operator');
    const stopped = createMailbox<{ who: string; error: ConnectionError }>();
    const start = (who: string) => startTestAgent(bus, 'pi-1', { stop: (error) => stopped.put({ who, error }) });
    const elder = await start('elder');
    const younger = await start('younger');
    const [first] = await stopped.take(1);
    expect(first?.who).to.equal('elder');
    expect(first?.error.message).to.equal('another agent is called pi-1');
    await elder.close();
    const statuses = await openInbox(operator, topicsOf(FLEET).agentStatus('pi-1'));
    const isOnline = async () => parseMessage(presenceSchema, (await statuses.take(1))[0]?.payload as Buffer);
    let status = await isOnline();
    while (status.state !== 'online') status = await isOnline();
    expect(stopped.waiting()).to.equal(0);
    await younger.close();
    await operator.close();
    await bus.close();
  });
});
