// The transport's twin within one process: a hub in place of the broker, for tests and emulated fleets.
// It is no more generous than a wire: delivery comes later, payloads are copies, and badly aligned.

import { ConnectionError } from '../errors.js';
import { type Link, type Message, Session } from './session.js';
import { compileFilter, type TopicPredicate } from './topic-filter.js';
import type { QualityOfService, Transport, Will } from './transport.js';
import type { TransportLog } from './transport-log.js';

export interface InProcessOptions {
  readonly clientId: string;
  readonly will?: Will | undefined;
  readonly windowMessages?: number | undefined;
  readonly windowBytes?: number | undefined;
  readonly log?: TransportLog | undefined;
}

export interface Hub {
  /** @throws ConnectionError when the hub is stopped, or the client id is taken */
  connect(options: InProcessOptions): Promise<Transport>;
  /** The client vanishes: its will is sent, and what was on its way to it is lost. */
  sever(clientId: string): void;
  /** The vanished client is back. Resolves when it has been told so. */
  restore(clientId: string): Promise<void>;
  /** As when a broker dies: everybody is offline, no will is sent, nothing retained is remembered. */
  stop(): void;
  start(): Promise<void>;
}

interface Client {
  readonly id: string;
  readonly session: Session;
  readonly will: Will | undefined;
  link: HubLink | undefined;
  severed: boolean;
}

export function createHub(): Hub {
  return new InProcessHub();
}

class InProcessHub implements Hub {
  readonly #clients = new Map<string, Client>();
  readonly #retained = new Map<string, Message>();
  #running = true;

  async connect(options: InProcessOptions): Promise<Transport> {
    const { clientId: id, will } = options;
    if (!this.#running) throw hubError('the hub is stopped', 'Start it first.');
    if (this.#clients.has(id)) throw hubError(`client id ${id} is taken`, 'Give each client its own name.');
    const session = new Session({
      peer: 'the hub',
      window: { messages: options.windowMessages ?? 64, bytes: options.windowBytes ?? 8 * 2 ** 20 },
      log: options.log,
      disconnect: async () => this.#leave(id),
    });
    const client: Client = { id, session, will, link: undefined, severed: false };
    this.#clients.set(id, client);
    await this.#link(client);
    return session;
  }

  sever(clientId: string): void {
    const client = this.#clientOf(clientId);
    client.severed = true;
    if (!client.link) return;
    this.#unlink(client);
    if (client.will) this.route({ ...client.will, payload: Buffer.from(client.will.payload) });
  }

  async restore(clientId: string): Promise<void> {
    const client = this.#clientOf(clientId);
    client.severed = false;
    await this.#link(client);
  }

  stop(): void {
    this.#running = false;
    this.#retained.clear();
    for (const client of this.#clients.values()) this.#unlink(client);
  }

  async start(): Promise<void> {
    this.#running = true;
    await Promise.all([...this.#clients.values()].map((client) => this.#link(client)));
  }

  route(message: Message): void {
    if (message.retain) this.#retain(message);
    for (const { link } of this.#clients.values()) {
      if (link?.wants(message.topic)) link.deliver(message, false);
    }
  }

  sendRetained(link: HubLink, matches: TopicPredicate): void {
    for (const message of this.#retained.values()) if (matches(message.topic)) link.deliver(message, true);
  }

  #retain(message: Message): void {
    if (message.payload.byteLength === 0) this.#retained.delete(message.topic);
    else this.#retained.set(message.topic, { ...message, payload: Uint8Array.from(message.payload) });
  }

  async #link(client: Client): Promise<void> {
    if (client.link || client.severed || !this.#running) return;
    client.link = new HubLink(this, client.session);
    await client.session.up(client.link);
  }

  #unlink(client: Client): void {
    if (!client.link) return;
    const { link } = client;
    client.link = undefined;
    client.session.down();
    link.cut();
  }

  #leave(clientId: string): void {
    const client = this.#clientOf(clientId);
    this.#clients.delete(clientId);
    this.#unlink(client);
  }

  #clientOf(clientId: string): Client {
    const client = this.#clients.get(clientId);
    if (client) return client;
    throw hubError(`there is no client ${clientId}`, `Name one of: ${[...this.#clients.keys()].join(', ')}.`);
  }
}

class HubLink implements Link {
  readonly localAddress = null;
  #alive = true;
  readonly #hub: InProcessHub;
  readonly #session: Session;
  readonly #filters = new Map<string, TopicPredicate>();
  readonly #pending = new Set<(error: Error) => void>();
  #inbox: [topic: string, payload: Uint8Array, retained: boolean][] = [];

  constructor(hub: InProcessHub, session: Session) {
    this.#hub = hub;
    this.#session = session;
  }

  publish(message: Message): Promise<void> {
    return this.#request(() => this.#hub.route(message));
  }

  async subscribe(filter: string, _qos: QualityOfService): Promise<boolean> {
    await this.#request(() => {
      const matches = compileFilter(filter);
      this.#filters.set(filter, matches);
      this.#hub.sendRetained(this, matches);
    });
    return true;
  }

  unsubscribe(filter: string): Promise<void> {
    return this.#request(() => this.#filters.delete(filter));
  }

  /** One copy, however many of the filters match, as most brokers have it [MQTT-3.3.5-1]. */
  wants(topic: string): boolean {
    for (const matches of this.#filters.values()) if (matches(topic)) return true;
    return false;
  }

  deliver(message: Message, retained: boolean): void {
    this.#inbox.push([message.topic, misalignedCopy(message.payload), retained]);
    if (this.#inbox.length === 1) setImmediate(() => this.#drain());
  }

  cut(): void {
    this.#alive = false;
    for (const reject of this.#pending) reject(linkLost());
  }

  #drain(): void {
    const batch = this.#inbox;
    this.#inbox = [];
    for (const [topic, payload, retained] of batch) {
      if (!this.#alive) return;
      this.#session.receive(topic, payload, retained);
    }
  }

  /** Takes effect now and is answered in the next turn of the event loop, unless the link is lost by then. */
  #request(action: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (!this.#alive) return reject(linkLost());
      this.#pending.add(reject);
      setImmediate(() => {
        this.#pending.delete(reject);
        resolve();
      });
      action();
    });
  }
}

/** Off by one byte, as about half of what comes over a socket is: nobody may build a Float32Array on it. */
function misalignedCopy(payload: Uint8Array): Uint8Array {
  const copy = new Uint8Array(payload.byteLength + 1).subarray(1);
  copy.set(payload);
  return copy;
}

function linkLost(): ConnectionError {
  return hubError('the link to the hub was lost', 'Wait until it is back.');
}

function hubError(message: string, remedy: string): ConnectionError {
  return new ConnectionError(message, { remedy });
}
