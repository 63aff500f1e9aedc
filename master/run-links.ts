// The direct links of a run: where each position finds its peers, and a secret for each two of them, made
// for this run alone. So a board can speak to its peers as itself, and to nobody else.

import { randomBytes } from 'node:crypto';
import type { LinkAddress } from '../protocol/link-address.js';
import type { Peers } from '../protocol/links.js';
import type { Mode } from '../protocol/run-spec.js';
import { routesFrom, routesTo } from '../protocol/topics.js';

const SECRET_BYTES = 24;

/**
 * @param addresses of the inboxes, by position; null where there is none
 * @returns by position; whoever holds the result holds the secrets: it goes into assignments and nowhere else
 */
export function peersOf(mode: Mode, addresses: readonly (LinkAddress | null)[]): Peers[] {
  const workers = addresses.length - 1;
  const secrets = new Map<string, string>();
  const secretOf = (one: number, other: number) => {
    const pair = [one, other].toSorted((a, b) => a - b).join();
    const secret = secrets.get(pair) ?? randomBytes(SECRET_BYTES).toString('base64url');
    secrets.set(pair, secret);
    return secret;
  };
  return addresses.map((_, position) => {
    const standing = { mode, position, workers };
    const peers = new Set([...routesFrom(standing), ...routesTo(standing)].map(({ peer }) => peer));
    return [...peers].map((peer) => ({
      position: peer,
      address: addresses[peer] ?? null,
      secret: secretOf(position, peer),
    }));
  });
}
