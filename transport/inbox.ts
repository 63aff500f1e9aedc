// What the data plane needs of an inbox for direct links. The broker's folder has the one there is; agent
// and master get it from their mains, since they do not know the broker.

import type { LinkAddress } from '../protocol/link-address.js';
import type { MessageHandler, Subscription } from './transport.js';

export interface Invitation {
  /** Client id and user name of the sender. */
  readonly login: string;
  readonly secret: string;
  /** The one topic to which it may publish. */
  readonly topic: string;
}

/** Takes frames straight from the neighbours of the positions that this process holds. */
export interface Inbox {
  /** Where neighbours reach it. */
  readonly address: LinkAddress;
  /** Lets a sender come in, until that is closed. The handler borrows the payload. */
  admit(invitation: Invitation, onFrame: MessageHandler): Promise<Subscription>;
  /** Ends all connections and frees the port. */
  close(): Promise<void>;
}

/** @param localAddress of this machine on the way to the broker, where it is known */
export type OpenInbox = (localAddress: string | null) => Promise<Inbox | null>;

/** Opens the inbox, if there is to be one, and begins; when beginning fails, it is closed. */
export async function withInbox<Service>(
  open: OpenInbox | undefined,
  localAddress: string | null,
  begin: (inbox: Inbox | null) => Promise<Service>,
): Promise<Service> {
  const inbox = (await open?.(localAddress)) ?? null;
  try {
    return await begin(inbox);
  } catch (error) {
    await inbox?.close();
    throw error;
  }
}
