// Brokers, clients and raw sockets for the tests of broker/, all closed after each test, and functions
// that wait for what happens instead of for time to pass.

import { EventEmitter, once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import { type Broker, type BrokerOptions, startBroker } from '../../broker/broker.js';
import type { Logger } from '../../broker/log.js';
import { topicsOf } from '../../protocol/topics.js';

export const topics = topicsOf('lab');

export const silent: Logger = { debug() {}, info() {}, warn() {}, error() {} };

export interface Bench {
  broker(options?: Partial<BrokerOptions>): Promise<Broker>;
  /** Logs in by name (none: anonymous); rejects when the broker refuses. */
  client(broker: Broker, name: string | null, options?: IClientOptions): Promise<MqttClient>;
  raw(broker: Broker): Promise<Socket>;
  /** Logs in as the master, and publishes a plan of the run `r` with these boards. */
  startRun(broker: Broker, boards: readonly string[]): Promise<MqttClient>;
}

/** Call within a `describe`: registers the closing. */
export function bench(): Bench {
  const opened: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const close of opened.splice(0).reverse()) await close();
  });
  const login = async (broker: Broker, name: string | null, options?: IClientOptions): Promise<MqttClient> => {
    const client = newClient(broker, name, options);
    opened.push(() => client.endAsync(true));
    await connected(client);
    return client;
  };
  return {
    async broker(options = {}) {
      const broker = await startBroker({
        fleet: 'lab',
        port: 0,
        log: silent,
        anonymousOnLoopback: 'operator',
        ...options,
      });
      opened.push(() => broker.close());
      return broker;
    },
    client: login,
    async raw(broker) {
      const socket = connectSocket(broker.port, '127.0.0.1');
      socket.on('error', () => {});
      opened.push(async () => socket.destroy());
      await once(socket, 'connect');
      return socket;
    },
    async startRun(broker, boards) {
      const master = await login(broker, 'master');
      await publish(master, topics.runStatus('r'), runStatus(boards), true);
      return master;
    },
  };
}

function newClient({ port }: Broker, name: string | null, options: IClientOptions = {}): MqttClient {
  const login = name === null ? {} : { clientId: name, username: name, password: 'none' };
  const url = `mqtt://127.0.0.1:${port}`;
  const client = mqtt.connect({ ...parseUrl(url), ...login, reconnectPeriod: 0, ...options });
  client.setMaxListeners(0);
  return client;
}

function parseUrl(url: string): IClientOptions {
  const { hostname, port } = new URL(url);
  return { protocol: 'mqtt', host: hostname, port: Number(port) };
}

export async function connected(client: MqttClient): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    client.once('connect', () => resolve());
    client.once('error', reject);
    client.once('close', () => reject(new Error('closed')));
  });
  client.on('error', () => {});
}

export interface Inbox {
  readonly topics: string[];
  readonly payloads: string[];
  /** Waits for as many messages in all. */
  until(count: number): Promise<void>;
}

export function inbox(client: MqttClient): Inbox {
  const arrivals = new EventEmitter();
  const received = { topics: [] as string[], payloads: [] as string[] };
  client.on('message', (topic, payload) => {
    received.topics.push(topic);
    received.payloads.push(payload.toString());
    arrivals.emit('one');
  });
  return {
    ...received,
    async until(count) {
      while (received.topics.length < count) await once(arrivals, 'one');
    },
  };
}

/** The QoS that the broker granted, or 128 when it refused [MQTT-3.9.3]. */
export function subscribe(client: MqttClient, filter: string): Promise<number> {
  return new Promise((resolve) => {
    client.subscribe(filter, { qos: 1 }, (_error, _granted, packet) => {
      resolve(Number(packet?.granted[0] ?? 128));
    });
  });
}

/** `ended` when the broker closed the connection because of it. */
export function publish(client: MqttClient, topic: string, payload = 'x', retain = false): Promise<string> {
  return new Promise((resolve) => {
    const ended = (): void => resolve('ended');
    client.once('close', ended);
    client.publish(topic, payload, { qos: 1, retain }, (error) => {
      client.off('close', ended);
      resolve(error ? 'ended' : 'acknowledged');
    });
  });
}

/** A CONNECT of MQTT 3.1.1 [MQTT-3.1], with a user name or without. */
export function connectPacket(id: string, userName?: string): Buffer {
  const flags = userName === undefined ? 0x02 : 0x82;
  const login = userName === undefined ? [] : [field(userName)];
  return packet(0x10, [field('MQTT'), Buffer.from([4, flags, 0, 0]), field(id), ...login]);
}

/** A SUBSCRIBE for QoS 0 [MQTT-3.8]. */
export function subscribePacket(filter: string): Buffer {
  return packet(0x82, [Buffer.from([0, 1]), field(filter), Buffer.from([0])]);
}

function field(text: string): Buffer {
  return Buffer.concat([Buffer.from([0, text.length]), Buffer.from(text)]);
}

function packet(type: number, parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([type, body.length]), body]);
}

/** A run's status as the master publishes it: boards take the positions 1, 2, ... */
export function runStatus(boards: readonly string[], generation = 1, state = 'running'): string {
  const plan = ['master', ...boards].map((agent, position) => ({ position, agent }));
  return JSON.stringify({ state, generation, plan });
}

/** Resolves when a client's connection has ended. */
export function closed(client: MqttClient): Promise<void> {
  return new Promise((resolve) => client.once('close', () => resolve()));
}
