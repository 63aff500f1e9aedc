// What of a transport outlives a connection: subscriptions, retained messages, publishes that wait.
// MQTT and the in-process twin give it links, one after the other; all behaviour they share is here.
// Sessions are clean, so the broker may forget everything with each link [MQTT-3.1.2-6].

import { ConnectionError, reportOf } from '../errors.js';
import { atMost } from './at-most.js';
import { createSubscriptions, type Registration, type Subscriptions } from './subscriptions.js';
import { checkFilter, checkTopic } from './topic-filter.js';
import type { MessageHandler, PublishOptions, QualityOfService, Subscription, Transport } from './transport.js';
import type { TransportLog } from './transport-log.js';
import { createWindow, type Window, type WindowLimits } from './window.js';

export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: QualityOfService;
  readonly retain: boolean;
  /** Nobody else will write to the payload. */
  readonly owned?: boolean;
}

/** One connection. Calls take effect in the order in which they are made; all reject once it is lost. */
export interface Link {
  readonly localAddress: string | null;
  /** Resolves when the payload's bytes are no longer needed (QoS 0) or acknowledged (QoS 1). */
  publish(message: Message): Promise<void>;
  /** False when the broker denies it. */
  subscribe(filter: string, qos: QualityOfService): Promise<boolean>;
  unsubscribe(filter: string): Promise<void>;
}

export interface SessionOptions {
  /** How errors name the other side, such as `the broker at mqtt://10.0.0.1`. */
  readonly peer: string;
  readonly window: WindowLimits;
  readonly log?: TransportLog | undefined;
  /** Ends the present link cleanly and sees to it that there is no next one. */
  readonly disconnect: () => Promise<void>;
}

/** A broker that does not allow a message may close the connection at each attempt: that must end. */
const MAX_ATTEMPTS = 5;
/** Of the second that `close` may take; the rest is for the DISCONNECT itself. */
const DRAIN_MS = 700;

interface LinkWaiter {
  readonly resolve: (link: Link) => void;
  readonly reject: (error: Error) => void;
}

export class Session implements Transport {
  readonly #options: SessionOptions;
  readonly #window: Window;
  readonly #subscriptions: Subscriptions;
  readonly #retained = new Map<string, Message>();
  readonly #connectionHandlers: ((connected: boolean) => void)[] = [];
  readonly #linkWaiters: LinkWaiter[] = [];
  #link: Link | undefined;
  #announced: boolean | undefined;
  #closed: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#window = createWindow(options.window);
    this.#subscriptions = createSubscriptions(options.log);
  }

  get localAddress(): string | null {
    return this.#link?.localAddress ?? null;
  }

  async publish(topic: string, payload: Uint8Array | string, options: PublishOptions): Promise<void> {
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : payload;
    const { qos, retain = false, owned = false } = options;
    const message = { topic: checkTopic(topic), payload: bytes, qos, retain, owned };
    this.#refuseWhenClosed();
    if (message.qos === 0 && !this.#link) throw this.#offline(topic);
    const room = this.#window.acquire(bytes.byteLength);
    if (room) await room;
    try {
      await this.#send(message);
      this.#remember(message);
    } finally {
      this.#window.release(bytes.byteLength);
    }
  }

  async subscribe(filter: string, handler: MessageHandler, qos: QualityOfService = 0): Promise<Subscription> {
    checkFilter(filter);
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      this.#refuseWhenClosed();
      const link = this.#link ?? (await this.#nextLink());
      const registration = this.#subscriptions.add(filter, handler, qos);
      if (await this.#granted(link, registration)) return { close: () => this.#unsubscribe(registration) };
    }
    throw new ConnectionError(`${this.#options.peer} closed the connection at each subscription to ${filter}`, {
      remedy: 'Check what this client may read in the access rules of the broker.',
    });
  }

  onConnection(handler: (connected: boolean) => void): void {
    this.#connectionHandlers.push(handler);
  }

  close(): Promise<void> {
    this.#closed ??= Promise.resolve().then(() => this.#shutDown());
    return this.#closed;
  }

  /** A link is there. All is asked for again at once, so that whatever is sent later comes later. */
  async up(link: Link): Promise<void> {
    this.#link = link;
    this.#subscriptions.forgetRetained();
    const restored: Promise<unknown>[] = [];
    for (const [filter, qos] of this.#subscriptions.filters()) restored.push(this.#resubscribe(link, filter, qos));
    for (const message of this.#retained.values()) restored.push(link.publish(message));
    for (const waiter of this.#linkWaiters.splice(0)) waiter.resolve(link);
    await Promise.allSettled(restored);
    if (this.#link === link) this.#announce(true);
  }

  /** The link was lost. To be called before its pending calls reject. */
  down(): void {
    this.#link = undefined;
    if (!this.#closed) this.#announce(false);
  }

  receive(topic: string, payload: Uint8Array, retained: boolean): void {
    if (!this.#closed) this.#subscriptions.dispatch(topic, payload, retained);
  }

  async #send(message: Message): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const link = this.#link ?? (await this.#linkFor(message));
      try {
        return await link.publish(message);
      } catch (cause) {
        this.#refuseWhenClosed();
        const again = message.qos === 1 && link !== this.#link && attempt < MAX_ATTEMPTS;
        if (!again) throw this.#unsent(message.topic, cause);
      }
    }
  }

  async #linkFor(message: Message): Promise<Link> {
    if (message.qos === 0) throw this.#offline(message.topic);
    return this.#nextLink();
  }

  #nextLink(): Promise<Link> {
    if (this.#closed) return Promise.reject(this.#closedError());
    return new Promise((resolve, reject) => this.#linkWaiters.push({ resolve, reject }));
  }

  /** An empty retained message clears the topic [MQTT-3.3.1-10]. The payload is borrowed: hence the copy. */
  #remember(message: Message): void {
    if (!message.retain) return;
    if (message.payload.byteLength === 0) this.#retained.delete(message.topic);
    else this.#retained.set(message.topic, { ...message, payload: Uint8Array.from(message.payload) });
  }

  /**
   * Asks for each handler anew, as only a new SUBSCRIBE brings it the retained messages; it replaces
   * the one before, so that there is one subscription to a filter [MQTT-3.8.4-3].
   */
  async #granted(link: Link, registration: Registration): Promise<boolean> {
    const { filter } = registration;
    let granted: boolean;
    try {
      granted = await link.subscribe(filter, this.#subscriptions.qosOf(filter));
    } catch {
      granted = false;
    }
    if (granted) return true;
    this.#subscriptions.remove(registration);
    if (link !== this.#link) return false;
    throw new ConnectionError(`${this.#options.peer} denies the subscription to ${filter}`, {
      remedy: 'Check what this client may read in the access rules of the broker.',
    });
  }

  async #resubscribe(link: Link, filter: string, qos: QualityOfService): Promise<void> {
    if (await link.subscribe(filter, qos)) return;
    this.#options.log?.error({ filter }, 'the broker no longer grants a subscription');
  }

  async #unsubscribe(registration: Registration): Promise<void> {
    if (!registration.open || !this.#subscriptions.remove(registration)) return;
    // A lost link has taken the subscription with it.
    await this.#link?.unsubscribe(registration.filter).catch(() => undefined);
  }

  #announce(connected: boolean): void {
    const known = this.#announced;
    this.#announced = connected;
    if (known === undefined || known === connected) return;
    for (const handler of this.#connectionHandlers) {
      try {
        handler(connected);
      } catch (error) {
        this.#options.log?.error({ connected, error: reportOf(error) }, 'a connection handler failed');
      }
    }
  }

  async #shutDown(): Promise<void> {
    if (this.#link) await atMost(DRAIN_MS, this.#window.idle());
    const error = this.#closedError();
    this.#window.reject(error);
    for (const waiter of this.#linkWaiters.splice(0)) waiter.reject(error);
    await this.#options.disconnect();
    this.#link = undefined;
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw this.#closedError();
  }

  #closedError(): ConnectionError {
    return new ConnectionError(`the connection to ${this.#options.peer} was closed by us`, {
      remedy: 'Finish publishing and subscribing before closing the transport.',
    });
  }

  #offline(topic: string): ConnectionError {
    return new ConnectionError(`${topic} was not sent: there is no connection to ${this.#options.peer}`, {
      remedy: 'Wait until the connection is back, or publish at QoS 1, which waits.',
    });
  }

  #unsent(topic: string, cause: unknown): ConnectionError {
    return new ConnectionError(`${topic} was not sent: ${this.#options.peer} closed the connection`, {
      remedy: 'Check the network, and what this client may publish in the access rules of the broker.',
      cause,
    });
  }
}
