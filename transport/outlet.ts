// Where the frames for one neighbour go: through the fleet's broker, or straight to it (direct-link.ts).

import type { LinkKind } from '../protocol/links.js';
import type { Transport } from './transport.js';

export interface Outlet {
  /** The way that frames go now. */
  readonly kind: LinkKind;
  /** What it leads through, for the error when it is gone. */
  readonly name: string;
  /** Resolves when the payload's bytes are no longer needed: awaiting it is the backpressure. */
  publish(topic: string, payload: Uint8Array): Promise<void>;
  /** To be set by whoever wants to know that a way of its own broke: what was on it is lost, perhaps with no frame to follow. */
  onBroken: (cause: Error) => void;
  close(): Promise<void>;
}

/** The transport is shared, so it stays open. */
export function hubOutlet(transport: Transport): Outlet {
  return {
    kind: 'hub',
    name: 'the connection to the broker',
    publish: (topic, payload) => transport.publish(topic, payload, { qos: 0, owned: true }),
    onBroken: () => {},
    close: async () => {},
  };
}
