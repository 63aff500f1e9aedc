// The direct links of a run: where each position finds its two neighbours, and a secret for each link, made
// for this run alone. So a board can speak to its neighbours as itself, and to nobody else.

import { randomBytes } from 'node:crypto';
import type { LinkAddress } from '../protocol/link-address.js';
import type { Neighbours } from '../protocol/links.js';
import { anticlockwise, clockwise } from '../protocol/topics.js';

const SECRET_BYTES = 24;

/**
 * @param addresses of the inboxes, by position; null where there is none
 * @returns by position; whoever holds the result holds the secrets: it goes into assignments and nowhere else
 */
export function neighboursOf(addresses: readonly (LinkAddress | null)[]): Neighbours[] {
  const workers = addresses.length - 1;
  // The link of a position is the one that leads clockwise from it.
  const secrets = addresses.map(() => randomBytes(SECRET_BYTES).toString('base64url'));
  const end = (neighbour: number, link: number) => {
    return { address: addresses[neighbour] ?? null, secret: secrets[link] as string };
  };
  return addresses.map((_, position) => {
    const [next, previous] = [clockwise(position, workers), anticlockwise(position, workers)];
    return { clockwise: end(next, position), anticlockwise: end(previous, previous) };
  });
}
