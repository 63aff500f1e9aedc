// A link straight to a neighbour's inbox: one MQTT connection for one direction, so that a neighbour that
// takes nothing holds up nobody else. What cannot be reached goes through the fleet's broker instead.

import { ConnectionError, TimeoutError } from '../errors.js';
import { formatAddress } from '../protocol/link-address.js';
import { formatLogin, type LinkLogin, type Peer } from '../protocol/links.js';
import { reasonOf } from './broker-address.js';
import { MqttLink } from './mqtt-link.js';
import type { Outlet } from './outlet.js';

export interface DirectLinkOptions {
  readonly login: LinkLogin;
  /** The neighbour's position, for the words. */
  readonly to: number;
  readonly end: Pick<Peer, 'address' | 'secret'>;
  /** What takes the frames when the neighbour cannot be reached. */
  readonly fallback: Outlet;
  onFallback(reason: ConnectionError): void;
  readonly connectTimeoutMs?: number | undefined;
}

const CONNECT_MS = 3_000;

/**
 * Dials at once, and again for the first frame unless nobody answered: by then every neighbour has its
 * part, and lets us in. Frames wait meanwhile, in order; whether the link is direct is settled by the first.
 */
export function openDirectLink(options: DirectLinkOptions): Outlet {
  const { fallback, to } = options;
  const stop = new AbortController();
  const early = dial(options, stop.signal);
  early.catch(() => {}); // the first frame tells
  let settled: Promise<MqttLink | null> | undefined;
  let active: Outlet | null = null;

  const connect = (): Promise<MqttLink> => {
    return early.catch((cause) => {
      if (cause instanceof TimeoutError) throw cause;
      return dial(options, stop.signal);
    });
  };
  async function settle(): Promise<MqttLink | null> {
    try {
      const link = await connect();
      link.onLost = (cause) => stop.signal.aborted || outlet.onBroken(cause);
      return link;
    } catch (cause) {
      stop.signal.throwIfAborted();
      active = fallback;
      options.onFallback(fallbackReason(options, cause));
      return null;
    }
  }

  const outlet: Outlet = {
    onBroken: () => {},
    get kind() {
      return active?.kind ?? 'direct';
    },
    get name() {
      return active?.name ?? `the direct link to position ${to}`;
    },
    publish: async (topic, payload) => {
      stop.signal.throwIfAborted();
      settled ??= settle();
      const link = await settled;
      if (link === null) return fallback.publish(topic, payload);
      return link.publish({ topic, payload, qos: 0, retain: false, owned: true });
    },
    close: async () => {
      stop.abort(new ConnectionError('the link was closed by us'));
      const links = await Promise.all([early, settled].map((each) => each?.catch(() => null)));
      await Promise.all(links.map((link) => link?.close()));
    },
  };
  return outlet;
}

/** @throws what the socket or the CONNACK said, TimeoutError when nobody answered, or the reason of `signal` */
async function dial(options: DirectLinkOptions, signal: AbortSignal): Promise<MqttLink> {
  const { end, connectTimeoutMs = CONNECT_MS } = options;
  if (end.address === null) throw new ConnectionError('it takes none');
  const name = formatLogin(options.login);
  const credentials = { clientId: name, username: name, password: end.secret };
  const url = `mqtt://${formatAddress(end.address)}`;
  const late = new AbortController();
  const tooLate = new TimeoutError(`no answer within ${connectTimeoutMs / 1000} s`);
  const timer = setTimeout(() => late.abort(tooLate), connectTimeoutMs);
  try {
    const ended = AbortSignal.any([signal, late.signal]);
    return await MqttLink.open({ url, ...credentials, connectTimeoutMs: 2 * connectTimeoutMs }, ended);
  } finally {
    clearTimeout(timer);
  }
}

function fallbackReason({ to, end }: DirectLinkOptions, cause: unknown): ConnectionError {
  const where = end.address === null ? '' : ` at ${formatAddress(end.address)}`;
  const [reason] = reasonOf(cause);
  return new ConnectionError(`no direct link to position ${to}${where} (${reason}): frames go through the broker`, {
    remedy:
      'Let the boards reach each other, or announce another address: `ringtmp agent --link-address <host[:port]>`.',
    cause,
  });
}
