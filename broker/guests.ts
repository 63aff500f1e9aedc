// Who may come into an inbox, and what they may do there: publish to one topic each, at QoS 0, and no more.
// Whoever does anything else is shown out. A guest whose run is over is not heard any more, but not shown
// out at once either, since to its sender that would look like a death.

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Client } from 'aedes';
import { CommandError, ConnectionError, reportOf } from '../errors.js';
import type { Hooks } from './aedes.js';
import type { Incoming } from './listeners.js';
import type { Logger } from './log.js';

export interface Invitation {
  /** Client id and user name. */
  readonly login: string;
  readonly secret: string;
  /** Where its frames go. */
  readonly topic: string;
}

export interface Guest extends Invitation {
  /** Borrows the payload. */
  readonly onFrame: (topic: string, payload: Uint8Array) => void;
  readonly streams: Set<Duplex>;
  isOver: boolean;
}

type ConnectPacket = Parameters<Hooks['preConnect']>[1];
type PublishPacket = Parameters<Hooks['authorizePublish']>[1];
type Refusal = Parameters<Parameters<Hooks['authenticate']>[3]>[0];

const NOTHING = Buffer.alloc(0);

export class Guests {
  readonly #invited = new Map<string, Guest>();
  readonly #arrivals = new WeakMap<Duplex, Incoming>();
  readonly #present = new WeakMap<Duplex, Guest>();
  readonly #leaving = new Set<NodeJS.Timeout>();

  constructor(
    readonly graceMs: number,
    readonly log: Logger,
  ) {}

  get isEmpty(): boolean {
    return this.#invited.size === 0;
  }

  admit(invitation: Invitation, onFrame: Guest['onFrame']): { close(): Promise<void> } {
    const guest: Guest = { ...invitation, onFrame, streams: new Set(), isOver: false };
    this.#invited.set(guest.login, guest);
    return { close: async () => this.#dismiss(guest) };
  }

  arrive(incoming: Incoming): void {
    this.#arrivals.set(incoming.stream, incoming);
  }

  close(): void {
    this.#invited.clear();
    for (const timer of this.#leaving) clearTimeout(timer);
  }

  hooks(): Hooks {
    return {
      preConnect: (_client, packet, done) => {
        const fault = connectFault(packet);
        packet.clean = true;
        done(fault, fault === null);
      },
      authenticate: (client, userName, password, done) => {
        if (userName === client.id && this.#comeIn(client, password)) return done(null, true);
        // No warning: a neighbour that has its part sooner than this process comes too early, and again.
        this.log.info({ clientId: client.id }, 'neighbour refused: unknown, or its secret is wrong');
        done(refusal(), false);
      },
      authorizePublish: (client, packet, done) => done(this.#publishFault(client, packet)),
      authorizeSubscribe: (client, { topic }, done) =>
        done(this.#misbehaviour(client, `may not subscribe to ${topic}`)),
      authorizeForward: () => null,
    };
  }

  #comeIn(client: Client, password: Uint8Array | undefined): boolean {
    const guest = this.#invited.get(client.id);
    if (!guest || !isSame(guest.secret, password)) return false;
    const { conn } = client;
    this.#present.set(conn, guest);
    this.#arrivals.get(conn)?.accept();
    guest.streams.add(conn);
    conn.once('close', () => guest.streams.delete(conn));
    return true;
  }

  /** The frame is handed on here, where Aedes asks: routing it would only cost time. */
  #publishFault(client: Client | null, packet: PublishPacket): Error | null {
    const guest = client && this.#present.get(client.conn);
    const { topic, qos, retain, payload } = packet;
    if (!guest || topic !== guest.topic || qos !== 0 || retain) {
      return this.#misbehaviour(client, `may not publish to ${topic} at QoS ${qos}${retain ? ', retained' : ''}`);
    }
    packet.payload = NOTHING;
    if (!guest.isOver) this.#handOn(guest, payload);
    return null;
  }

  #handOn({ onFrame, topic }: Guest, payload: PublishPacket['payload']): void {
    try {
      onFrame(topic, typeof payload === 'string' ? Buffer.from(payload) : payload);
    } catch (error) {
      this.log.error({ topic, error: reportOf(error) }, 'a frame was not taken in');
    }
  }

  #misbehaviour(client: Client | null, what: string): CommandError {
    this.log.warn({ client: client?.id }, `a neighbour ${what}: connection ended`);
    return new CommandError(`${client?.id} ${what}`);
  }

  #dismiss(guest: Guest): void {
    guest.isOver = true;
    if (this.#invited.get(guest.login) === guest) this.#invited.delete(guest.login);
    const timer = setTimeout(() => {
      this.#leaving.delete(timer);
      for (const stream of guest.streams) stream.destroy();
    }, this.graceMs).unref();
    this.#leaving.add(timer);
  }
}

/** A will is a message that comes when its sender is gone: frames have no use for one. */
function connectFault({ will }: ConnectPacket): Error | null {
  return will ? new CommandError('a neighbour may not have a will') : null;
}

/** Of hashes, which have one length: the time tells nothing of the secret, not even how long it is. */
function isSame(secret: string, password: Uint8Array | undefined): boolean {
  const [expected, actual] = [secret, password ?? NOTHING].map((text) => createHash('sha256').update(text).digest());
  return timingSafeEqual(expected as Buffer, actual as Buffer);
}

/** CONNACK return code 4: bad user name or password (MQTT 3.1.1, table 3.1). */
function refusal(): Refusal {
  const error = new ConnectionError('unknown neighbour or wrong secret');
  return Object.assign(error, { returnCode: 4 }) as unknown as Refusal;
}
