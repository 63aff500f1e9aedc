// The inbox of a command: where it listens, what it announces, and what a board tells of it.

import { expect } from 'chai';
import { Command } from 'commander';
import { inboxOpener, type LinkOptions, withLinks } from '../../cli/links.js';
import { agentInfoSchema } from '../../protocol/agent-messages.js';
import { parseMessage } from '../../protocol/messages.js';
import { agentBench, ID, topics } from '../agent/bench.js';
import { silent } from '../support/bus.js';
import { openInbox } from '../transport/inbox.js';
import { ringtmp } from './ringtmp.js';

const LOOPBACK = '127.0.0.1';

function parse(...args: string[]): LinkOptions {
  const command = withLinks(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return command.parse(args, { from: 'user' }).opts<LinkOptions>();
}

describe('the options for direct links', () => {
  const open = agentBench();

  async function addressFor(localAddress: string | null, ...args: string[]) {
    const inbox = await inboxOpener(parse(...args), silent)(localAddress);
    await inbox?.close();
    return inbox?.address ?? null;
  }

  it('listen by default where the broker is reached from, on any free port', async () => {
    const address = await addressFor(LOOPBACK);
    expect(address?.host).to.equal(LOOPBACK);
    expect(address?.port).to.be.above(0);
  });

  it('announce another address where they are told to, with its port or the own', async () => {
    const { port } = (await addressFor(LOOPBACK)) ?? { port: 0 };
    const own = ['--link-port', String(port)];
    expect(await addressFor(LOOPBACK, ...own)).to.deep.equal({ host: LOOPBACK, port });
    expect(await addressFor(LOOPBACK, ...own, '--link-address', 'router')).to.deep.equal({ host: 'router', port });
    const mapped = await addressFor(null, '--link-address', 'router:4711');
    expect(mapped).to.deep.equal({ host: 'router', port: 4711 });
  });

  it('open nothing where they are told not to, or do not know where', async () => {
    expect(await addressFor(LOOPBACK, '--no-direct')).to.equal(null);
    expect(await addressFor(null)).to.equal(null);
  });

  it('refuse what is no address and no port', () => {
    for (const args of [
      ['--link-address', 'a b'],
      ['--link-address', 'a:0'],
      ['--link-port', '65536'],
    ]) {
      expect(() => parse(...args)).to.throw();
    }
  });

  it('are told in the birth of a board', async () => {
    const openTestInbox = inboxOpener(parse('--link-address', '10.0.0.7:4711'), silent);
    const { client } = await open({ openInbox: openTestInbox });
    const [birth] = await (await openInbox(client, topics.agentInfo(ID))).take(1);
    const { links } = parseMessage(agentInfoSchema, birth?.payload as Buffer);
    expect(links).to.deep.equal({ host: '10.0.0.7', port: 4711 });
  });

  for (const command of ['agent', 'master']) {
    it(`stand in the help of \`${command}\``, async () => {
      const { stdout } = await ringtmp([command, '--help']);
      for (const option of ['--link-port', '--link-address', '--no-direct']) expect(stdout).to.contain(option);
    });
  }
});
