// Direct links: how a position's peers find it and prove who they are. Topics and frames are the
// same as through the fleet's broker; only the way is shorter.

import { z } from 'zod';
import { HOST_PATTERN, type LinkAddress, MAX_PORT } from './link-address.js';
import type { Channel } from './topics.js';

/** `hub`: all frames go through the fleet's broker. `direct`: neighbours send straight to each other. */
export const LINK_KINDS = ['hub', 'direct'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];

/** The channels that run between positions; a position's weights are for whoever reads them. */
export type LinkChannel = Exclude<Channel, 'weights'>;
export const LINK_CHANNELS: readonly LinkChannel[] = ['forward', 'backward'];

export const linkAddressSchema = z.object({
  host: z.string().regex(HOST_PATTERN, 'a host name or an address'),
  port: z.int().min(1).max(MAX_PORT),
}) satisfies z.ZodType<LinkAddress>;

/** A position that frames go to or come from: where it is reached, if anywhere, and the secret of the two. */
const peerSchema = z.object({
  position: z.int().min(0),
  address: linkAddressSchema.nullable(),
  secret: z.string().min(16).max(128),
});
export type Peer = z.output<typeof peerSchema>;

/** All that a position exchanges frames with. Each two of them have a secret of their own in each run. */
export const peersSchema = z.array(peerSchema);
export type Peers = readonly Peer[];

/** Whose frames a connection brings, and on which channel: client id and user name at a peer's inbox. */
export interface LinkLogin {
  readonly run: string;
  /** The sender's. */
  readonly position: number;
  readonly channel: LinkChannel;
}

/** Names hold no dots, so no two logins are written alike. */
export function formatLogin({ run, position, channel }: LinkLogin): string {
  return `${run}.${position}.${channel}`;
}
