// The two links of a position as the run wants them. Frames from a neighbour are taken in by either way:
// one that cannot reach our inbox sends them through the fleet's broker.

import type { ConnectionError } from '../errors.js';
import { formatLogin, LINK_CHANNELS, type LinkChannel, type Neighbours } from '../protocol/links.js';
import { anticlockwise, clockwise, type Topics } from '../protocol/topics.js';
import type { RingPlace } from './data-plane.js';
import { openDirectLink } from './direct-link.js';
import type { Inbox, Invitation } from './inbox.js';
import { hubOutlet, type Outlet } from './outlet.js';
import type { Subscription, Transport } from './transport.js';

export interface DirectLinks {
  readonly neighbours: Neighbours;
  /** Null where this process takes no direct links. */
  readonly inbox: Inbox | null;
  /** Told of each link whose frames go through the fleet's broker instead. */
  onFallback(reason: ConnectionError): void;
  readonly connectTimeoutMs?: number;
}

export interface RingLinkOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  readonly place: RingPlace;
  readonly links: DirectLinks | null;
}

export function openOutlets({ transport, place, links }: RingLinkOptions): Record<LinkChannel, Outlet> {
  const fallback = hubOutlet(transport);
  if (links === null) return { forward: fallback, backward: fallback };
  const { run, position, workers } = place;
  const { onFallback, connectTimeoutMs, neighbours } = links;
  const open = (channel: LinkChannel, to: number, end: Neighbours['clockwise']) => {
    return openDirectLink({ login: { run, position, channel }, to, end, fallback, onFallback, connectTimeoutMs });
  };
  return {
    forward: open('forward', clockwise(position, workers), neighbours.clockwise),
    backward: open('backward', anticlockwise(position, workers), neighbours.anticlockwise),
  };
}

/** When one of the sources cannot be opened, the others are closed again. */
export async function openSources(
  options: RingLinkOptions,
  receive: (channel: LinkChannel, payload: Uint8Array) => void,
): Promise<Subscription> {
  const { transport, topics, place, links } = options;
  const opening = LINK_CHANNELS.flatMap((channel) => {
    const topic = topics.data(place.run, place.position, channel);
    const handler = (_: string, payload: Uint8Array) => receive(channel, payload);
    const subscribed = transport.subscribe(topic, handler, 0);
    if (!links?.inbox) return [subscribed];
    return [subscribed, links.inbox.admit(invitationTo(channel, topic, place, links.neighbours), handler)];
  });
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

/** Activations come from the neighbour before, gradients from the one behind. */
function invitationTo(
  channel: LinkChannel,
  topic: string,
  { run, position, workers }: RingPlace,
  neighbours: Neighbours,
): Invitation {
  const isForward = channel === 'forward';
  const sender = isForward ? anticlockwise(position, workers) : clockwise(position, workers);
  const { secret } = isForward ? neighbours.anticlockwise : neighbours.clockwise;
  return { login: formatLogin({ run, position: sender, channel }), secret, topic };
}
