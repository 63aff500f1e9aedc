// Where the broker is, and how to say that it cannot be reached: the URL is shown to people and goes
// into logs, so the credentials that it may hold are taken out of it first.

import { ConfigurationError, ConnectionError } from '../errors.js';

export interface BrokerAddress {
  /** Without credentials; safe to show. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
}

const PROTOCOLS = ['mqtt:', 'mqtts:', 'ws:', 'wss:'];

/** @throws ConfigurationError for anything but `mqtt`, `mqtts`, `ws` and `wss` URLs with a host */
export function parseBrokerUrl(text: string): BrokerAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !PROTOCOLS.includes(url.protocol) || url.hostname === '') {
    throw new ConfigurationError(`broker address ${JSON.stringify(withoutCredentials(text))} is not a broker's URL`, {
      remedy: 'Write it as mqtt://host:1883, or with mqtts://, ws:// or wss://.',
    });
  }
  return {
    url: `${url.protocol}//${url.host}${url.pathname === '/' ? '' : url.pathname}`,
    ...(url.username && { username: decodeURIComponent(url.username) }),
    ...(url.password && { password: decodeURIComponent(url.password) }),
  };
}

function withoutCredentials(text: string): string {
  return text.replace(/^([a-z]+:\/\/)?.*@/i, '$1');
}

const START_ONE = 'Start one with `ringtmp broker`, or name it with --broker.';
const CHECK_LOGIN = 'Check the user name and the password, or name another broker with --broker.';

/** What Node and the CONNACK return codes (MQTT 3.1.1, table 3.1) mean to whoever set up the fleet. */
const REASONS: Readonly<Record<string, readonly [reason: string, remedy: string]>> = {
  ECONNREFUSED: ['nothing listens there', START_ONE],
  ENOTFOUND: ['the host is unknown', START_ONE],
  EAI_AGAIN: ['the host could not be looked up', START_ONE],
  EHOSTUNREACH: ['there is no route to the host', START_ONE],
  '1': ['the broker does not speak MQTT 3.1.1', START_ONE],
  '2': ['the broker rejects the client id', 'Give this client another name.'],
  '3': ['the broker is not available', START_ONE],
  '4': ['user name or password is wrong', CHECK_LOGIN],
  '5': ['this client is not authorized', CHECK_LOGIN],
};

/** Why a connection was not made, in words. */
export function reasonOf(cause: unknown): readonly [reason: string, remedy: string] {
  const { code, message } = cause as { code?: string | number; message?: string };
  return REASONS[String(code)] ?? [message || String(code ?? cause), START_ONE];
}

export function refusal(url: string, cause: unknown): ConnectionError {
  const [reason, remedy] = reasonOf(cause);
  return new ConnectionError(`cannot connect to the broker at ${url}: ${reason}`, { remedy, cause });
}
