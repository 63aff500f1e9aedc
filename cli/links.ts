// Direct links on the command line: the inbox of an agent or a master, where it listens and what it announces.

import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Logger } from '../broker/log.js';
import { type LinkAddress, parseAddress } from '../protocol/link-address.js';
import type { OpenInbox } from '../transport/inbox.js';
import { portNumber } from './options.js';

export interface LinkOptions {
  readonly linkPort: number;
  readonly linkAddress?: LinkAddress;
  readonly direct: boolean;
}

export function withLinks(command: Command): Command {
  const port = new Option('--link-port <port>', 'where to take direct links from neighbours; 0 takes any free port');
  const address = new Option('--link-address <host[:port]>', 'how neighbours reach it, such as from behind a router');
  return command
    .addOption(port.env('RINGTMP_LINK_PORT').argParser(portNumber).default(0))
    .addOption(address.env('RINGTMP_LINK_ADDRESS').argParser(linkAddress))
    .option('--no-direct', "take no direct links: frames come through the fleet's broker");
}

function linkAddress(text: string): LinkAddress {
  const address = parseAddress(text);
  if (address) return address;
  throw new InvalidArgumentError('It must be a host name or an address, with or without a port: 10.0.0.7:1884.');
}

/**
 * It listens on the address by which this machine reaches the broker, for from there the neighbours come;
 * on all of them where another one is announced.
 */
export function inboxOpener({ linkPort, linkAddress: announced, direct }: LinkOptions, log: Logger): OpenInbox {
  return async (localAddress) => {
    const host = announced ? anyAddressLike(announced) : localAddress;
    if (!direct || host === null) return null;
    const { openInbox } = await import('../broker/inbox.js');
    return openInbox({ host, port: linkPort, announced, log });
  };
}

function anyAddressLike({ host }: LinkAddress): string {
  return host.includes(':') ? '::' : '0.0.0.0';
}
