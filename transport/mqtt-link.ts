// One connection to an MQTT 3.1.1 broker. mqtt.js could reconnect by itself, but at a fixed pace and
// with its own idea of what to send again; here each connection gets a fresh client, which ends with it.

import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { atMost } from './at-most.js';
import type { Link, Message } from './session.js';
import type { QualityOfService, Will } from './transport.js';

export interface MqttLinkOptions {
  /** Without credentials. */
  readonly url: string;
  readonly clientId: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly will?: Will | undefined;
  readonly connectTimeoutMs: number;
}

const KEEPALIVE_S = 15;
const DISCONNECT_MS = 250;
/** The failure among the return codes of a SUBACK [MQTT-3.9.3-2]. */
const DENIED = 0x80;

type Callback<T> = (error?: Error | null, value?: T) => void;

export class MqttLink implements Link {
  onMessage: (topic: string, payload: Uint8Array, retained: boolean) => void = () => undefined;
  onLost: (reason: Error) => void = () => undefined;
  /** Why the connection is no more; undefined while it is there. */
  lost: Error | undefined;
  readonly #client: MqttClient;
  /** mqtt.js forgets the callbacks that wait for a socket to drain when it closes instead. */
  readonly #pending = new Set<(error: Error) => void>();

  /** @throws what the socket or the CONNACK said, or the reason of `signal` */
  static async open(options: MqttLinkOptions, signal?: AbortSignal): Promise<MqttLink> {
    signal?.throwIfAborted();
    const link = new MqttLink(mqtt.connect(options.url, clientOptions(options)));
    const abort = () => link.#lose(asError(signal?.reason));
    signal?.addEventListener('abort', abort, { once: true });
    try {
      await link.#call<unknown>((done) => link.#client.once('connect', () => done()));
      return link;
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Of the socket; unknown where a WebSocket hides it. */
  get localAddress(): string | null {
    const { stream } = this.#client;
    return 'localAddress' in stream && typeof stream.localAddress === 'string' ? stream.localAddress : null;
  }

  private constructor(client: MqttClient) {
    this.#client = client;
    const { stream } = client;
    // Small frames, such as a PUBACK, otherwise wait for the peer's delayed acknowledgement: 44 ms.
    if ('setNoDelay' in stream && typeof stream.setNoDelay === 'function') stream.setNoDelay(true);
    client.on('message', (topic, payload, packet) => this.onMessage(topic, payload, packet.retain));
    client.on('error', (error) => this.#lose(error));
    // Errors without a code, as from a WebSocket handshake, mqtt.js keeps to itself.
    stream.on('error', (error) => this.#lose(error));
    client.on('close', () => this.#lose(new Error('the connection was closed')));
  }

  publish({ topic, payload, qos, retain, owned = false }: Message): Promise<void> {
    const bytes = owned || this.#settles(payload, qos) ? viewOf(payload) : Buffer.from(payload);
    return this.#call((done) => this.#client.publish(topic, bytes, { qos, retain }, (error) => done(error)));
  }

  subscribe(filter: string, qos: QualityOfService): Promise<boolean> {
    return this.#call<boolean>((done) => {
      this.#client.subscribe(filter, { qos }, (error, _granted, suback) => {
        const denied = suback?.granted.some((code) => code === DENIED) ?? false;
        done(denied ? null : error, !denied);
      });
    });
  }

  unsubscribe(filter: string): Promise<void> {
    return this.#call((done) => this.#client.unsubscribe(filter, (error) => done(error)));
  }

  /** DISCONNECT, whatever is still unacknowledged: without it the broker would send the will [MQTT-3.14.4-3]. */
  async close(): Promise<void> {
    if (this.lost) return;
    for (const id of Object.keys(this.#client.outgoing)) this.#client.removeOutgoingMessage(Number(id));
    await atMost(DISCONNECT_MS, this.#client.endAsync());
    this.#lose(new Error('the connection was closed by us'));
    this.#client.stream.destroy();
  }

  /**
   * Whether the call outlives the need for the bytes: QoS 1 waits for the acknowledgement, and what
   * fills the socket's buffer waits until it is drained. Smaller payloads linger there: copy them.
   */
  #settles(payload: Uint8Array, qos: QualityOfService): boolean {
    return qos === 1 || payload.byteLength >= this.#client.stream.writableHighWaterMark;
  }

  #call<T = void>(start: (done: Callback<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.lost) return reject(this.lost);
      this.#pending.add(reject);
      start((error, value) => {
        this.#pending.delete(reject);
        if (error) reject(error);
        else resolve(value as T);
      });
    });
  }

  #lose(reason: Error): void {
    if (this.lost) return;
    this.lost = reason;
    this.onLost(reason);
    for (const reject of this.#pending) reject(reason);
    this.#pending.clear();
    this.#client.end(true);
  }
}

function clientOptions(options: MqttLinkOptions): IClientOptions {
  const { clientId, username, password, will } = options;
  return {
    protocolVersion: 4,
    clean: true,
    keepalive: KEEPALIVE_S,
    connectTimeout: options.connectTimeoutMs,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    writeCache: false,
    clientId,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(will && { will: { ...will, payload: Buffer.from(will.payload) } }),
  };
}

function viewOf(payload: Uint8Array): Buffer {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
