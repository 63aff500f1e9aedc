// The transport over MQTT: a session on one link after the other. The first connect fails at once, so
// that a wrong address is noticed; later ones go on for as long as it takes, for brokers do restart.

import { setTimeout as sleep } from 'node:timers/promises';
import { ConnectionError, reportOf } from '../errors.js';
import { type Backoff, createBackoff } from './backoff.js';
import { parseBrokerUrl, refusal } from './broker-address.js';
import { MqttLink, type MqttLinkOptions } from './mqtt-link.js';
import { Session } from './session.js';
import type { Transport, Will } from './transport.js';
import type { TransportLog } from './transport-log.js';

export interface MqttOptions {
  /** `mqtt://`, `mqtts://`, `ws://` or `wss://`; it may hold credentials, which are never shown. */
  readonly url: string;
  readonly clientId: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly will?: Will | undefined;
  /** Publishes in flight, above which `publish` waits. */
  readonly windowMessages?: number | undefined;
  readonly windowBytes?: number | undefined;
  readonly connectTimeoutMs?: number | undefined;
  readonly reconnectMinMs?: number | undefined;
  readonly reconnectMaxMs?: number | undefined;
  /** Uniform in [0, 1): spreads the reconnects of a fleet. */
  readonly random?: (() => number) | undefined;
  /** Monotonic, in milliseconds. */
  readonly now?: (() => number) | undefined;
  readonly log?: TransportLog | undefined;
  /** Gives up the first connect. Once connected, `close` is the way out, for it takes leave. */
  readonly signal?: AbortSignal | undefined;
}

const DEFAULTS = {
  windowMessages: 64,
  windowBytes: 8 * 2 ** 20,
  connectTimeoutMs: 10_000,
  reconnectMinMs: 250,
  reconnectMaxMs: 10_000,
};

/**
 * @throws ConnectionError when the broker cannot be reached or refuses us
 * @throws ConfigurationError when the URL is none
 */
export async function connectMqtt(options: MqttOptions): Promise<Transport> {
  const { url, username, password } = parseBrokerUrl(options.url);
  const linkOptions: MqttLinkOptions = {
    url,
    clientId: options.clientId,
    username: options.username ?? username,
    password: options.password ?? password,
    will: options.will,
    connectTimeoutMs: options.connectTimeoutMs ?? DEFAULTS.connectTimeoutMs,
  };
  const link = await firstLink(linkOptions, options.signal);
  return new Reconnector(options, linkOptions, link).start();
}

async function firstLink(options: MqttLinkOptions, signal?: AbortSignal): Promise<MqttLink> {
  try {
    return await MqttLink.open(options, signal);
  } catch (cause) {
    if (!signal?.aborted) throw refusal(options.url, cause);
    throw new ConnectionError(`connecting to the broker at ${options.url} was given up`, { cause });
  }
}

class Reconnector {
  readonly #linkOptions: MqttLinkOptions;
  readonly #session: Session;
  readonly #backoff: Backoff;
  readonly #log: TransportLog | undefined;
  readonly #now: () => number;
  readonly #stableMs: number;
  readonly #stop = new AbortController();
  #link: MqttLink;
  #connectedAt = 0;

  constructor(options: MqttOptions, linkOptions: MqttLinkOptions, link: MqttLink) {
    this.#linkOptions = linkOptions;
    this.#link = link;
    this.#log = options.log;
    this.#now = options.now ?? (() => performance.now());
    this.#stableMs = options.reconnectMaxMs ?? DEFAULTS.reconnectMaxMs;
    this.#backoff = createBackoff({
      minMs: options.reconnectMinMs ?? DEFAULTS.reconnectMinMs,
      maxMs: this.#stableMs,
      random: options.random ?? Math.random,
    });
    this.#session = new Session({
      peer: `the broker at ${linkOptions.url}`,
      window: {
        messages: options.windowMessages ?? DEFAULTS.windowMessages,
        bytes: options.windowBytes ?? DEFAULTS.windowBytes,
      },
      log: options.log,
      disconnect: () => this.#disconnect(),
    });
  }

  start(): Transport {
    this.#attach(this.#link);
    return this.#session;
  }

  #attach(link: MqttLink): void {
    this.#link = link;
    this.#connectedAt = this.#now();
    link.onMessage = (topic, payload, retained) => this.#session.receive(topic, payload, retained);
    link.onLost = (reason) => this.#lost(reason);
    void this.#session.up(link);
    // Between the CONNACK and now nobody was listening.
    if (link.lost) this.#lost(link.lost);
  }

  /**
   * Only a connection that has lasted starts the backoff anew: two clients of one name throw each
   * other out for ever [MQTT-3.1.4-2], and a forbidden publish ends each connection soon.
   */
  #lost(reason: Error): void {
    if (this.#now() - this.#connectedAt >= this.#stableMs) this.#backoff.reset();
    this.#session.down();
    if (this.#stop.signal.aborted) return;
    this.#log?.warn({ url: this.#linkOptions.url, reason: reason.message }, 'lost the connection to the broker');
    void this.#reconnect();
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const link = await this.#attempt(signal);
      if (!link) continue;
      this.#log?.info({ url: this.#linkOptions.url }, 'connected to the broker again');
      return this.#attach(link);
    }
  }

  /** Also after a refused login: a broker that restarts may know its users only a little later. */
  async #attempt(signal: AbortSignal): Promise<MqttLink | undefined> {
    try {
      await sleep(this.#backoff.nextMs(), undefined, { signal });
      return await MqttLink.open(this.#linkOptions, signal);
    } catch (cause) {
      if (!signal.aborted) {
        this.#log?.warn(reportOf(refusal(this.#linkOptions.url, cause)), 'the broker is not back yet');
      }
      return undefined;
    }
  }

  async #disconnect(): Promise<void> {
    this.#stop.abort();
    await this.#link.close();
  }
}
