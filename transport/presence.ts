// How a process of the fleet shows that it is there: a retained status, `online` or `offline`, with the
// time at which the process began. Its will says `offline` for it when it vanishes [MQTT-3.1.2-8].

import { FrameError } from '../errors.js';
import { type PresenceStatus, parseMessage, presenceSchema } from '../protocol/messages.js';
import { atMost } from './at-most.js';
import type { Subscription, Transport, Will } from './transport.js';

export interface Presence {
  readonly transport: Transport;
  /** Tells this process from the one before it: milliseconds since the epoch. */
  readonly boot: number;
  /** Says `online`; the transport repeats it after each reconnect. */
  announce(): Promise<void>;
  /** Says `offline`, if it ever said `online`, and closes the transport. */
  leave(): Promise<void>;
}

export interface PresenceOptions {
  /** Where the status goes. */
  readonly topic: string;
  /** Opens the transport with that last will. */
  readonly connect: (will: Will) => Promise<Transport>;
}

const GOODBYE_MS = 1000;

/**
 * Connects and begins; when beginning fails, the connection is let go.
 * @throws ConnectionError when the broker cannot be reached or refuses us, and whatever `begin` throws
 */
export async function withPresence<Service>(
  options: PresenceOptions,
  begin: (presence: Presence) => Promise<Service>,
): Promise<Service> {
  const presence = await openPresence(options);
  try {
    return await begin(presence);
  } catch (error) {
    await presence.leave();
    throw error;
  }
}

async function openPresence({ topic, connect }: PresenceOptions): Promise<Presence> {
  const boot = Date.now();
  const text = (state: PresenceStatus['state']) => JSON.stringify({ state, boot, time: Date.now() });
  const transport = await connect({ topic, payload: text('offline'), qos: 1, retain: true });
  const publish = (state: PresenceStatus['state']) => transport.publish(topic, text(state), { qos: 1, retain: true });
  let announced = false;
  return {
    transport,
    boot,
    announce: () => {
      announced = true;
      return publish('online');
    },
    leave: async () => {
      if (announced) await atMost(GOODBYE_MS, publish('offline')); // without a broker nobody hears it
      await transport.close();
    },
  };
}

/** Tells of each status on a topic, beginning with what is retained; what is none is passed over. */
export function followPresence(
  transport: Transport,
  topic: string,
  onStatus: (status: PresenceStatus) => void,
): Promise<Subscription> {
  return transport.subscribe(
    topic,
    (_, payload) => {
      const status = statusIn(payload);
      if (status) onStatus(status);
    },
    1,
  );
}

function statusIn(payload: Uint8Array): PresenceStatus | null {
  try {
    return parseMessage(presenceSchema, payload);
  } catch (error) {
    if (error instanceof FrameError) return null;
    throw error;
  }
}
