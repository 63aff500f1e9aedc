// The links of a position as the run wants them. Frames from a peer are taken in by either way: one that cannot
// reach our inbox sends them through the fleet's broker.

import type { ConnectionError } from '../errors.js';
import { formatLogin, type LinkChannel, type Peer, type Peers } from '../protocol/links.js';
import { type Route, routesFrom, routesTo, type Topics } from '../protocol/topics.js';
import type { Place } from './data-plane.js';
import { openDirectLink } from './direct-link.js';
import type { Inbox, Invitation } from './inbox.js';
import { hubOutlet, type Outlet } from './outlet.js';
import type { Subscription, Transport } from './transport.js';

export interface DirectLinks {
  readonly peers: Peers;
  /** Null where this process takes no direct links. */
  readonly inbox: Inbox | null;
  /** Told of each link whose frames go through the fleet's broker instead. */
  onFallback(reason: ConnectionError): void;
  readonly connectTimeoutMs?: number;
}

export interface LinkOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  readonly place: Place;
  readonly links: DirectLinks | null;
}

/** One for each route. */
export function openOutlets({ transport, place, links }: LinkOptions): { route: Route; outlet: Outlet }[] {
  const fallback = hubOutlet(transport);
  return routesFrom(place).map((route) => {
    if (links === null) return { route, outlet: fallback };
    const { run, position } = place;
    const { onFallback, connectTimeoutMs } = links;
    const { peer: to, channel } = route;
    const login = { run, position, channel };
    return {
      route,
      outlet: openDirectLink({ login, to, end: peerAt(links, to), fallback, onFallback, connectTimeoutMs }),
    };
  });
}

/** @param from the sender, where the link tells it */
export type Receive = (channel: LinkChannel, payload: Uint8Array, from?: number) => void;

/** When one of the sources cannot be opened, the others are closed again. */
export async function openSources(options: LinkOptions, receive: Receive): Promise<Subscription> {
  const { transport, topics, place, links } = options;
  const routes = routesTo(place);
  const topicOf = (channel: LinkChannel) => topics.data(place.run, place.position, channel);
  const subscribed = [...new Set(routes.map(({ channel }) => channel))].map((channel) => {
    return transport.subscribe(topicOf(channel), (_, payload) => receive(channel, payload), 0);
  });
  const admitted = routes.flatMap((route) => {
    if (!links?.inbox) return [];
    const { channel, peer } = route;
    const invitation = invitationTo(route, topicOf(channel), place, peerAt(links, peer));
    return [links.inbox.admit(invitation, (_: string, payload: Uint8Array) => receive(channel, payload, peer))];
  });
  const opening = [...subscribed, ...admitted];
  const close = async () => {
    const opened = await Promise.allSettled(opening);
    await Promise.all(opened.map((each) => each.status === 'fulfilled' && each.value.close()));
  };
  try {
    await Promise.all(opening);
    return { close };
  } catch (error) {
    await close();
    throw error;
  }
}

function invitationTo({ peer, channel }: Route, topic: string, { run }: Place, { secret }: Peer): Invitation {
  return { login: formatLogin({ run, position: peer, channel }), secret, topic };
}

/** The assignment names all that this position exchanges frames with. */
function peerAt({ peers }: DirectLinks, position: number): Peer {
  return peers.find((peer) => peer.position === position) as Peer;
}
