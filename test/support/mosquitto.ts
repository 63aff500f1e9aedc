// Debian's mosquitto_pub and mosquitto_sub as child processes: MQTT clients that share no code with us.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Requirement } from './requirements.js';

export const MOSQUITTO: Requirement = {
  isThere: spawnSync('mosquitto_pub', ['--version']).error === undefined,
  remedy: 'sudo apt install mosquitto-clients',
};

export interface Login {
  readonly name: string;
  readonly password: string;
}

export interface Finished {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface Mosquitto {
  /** Resolves when the broker has it. */
  publish(login: Login, topic: string, payload: string | Uint8Array): Promise<Finished>;
  /** Runs `mosquitto_sub` with these options until it ends by itself. */
  subscribe(login: Login, topic: string, ...options: string[]): Promise<Finished>;
  /** The payloads, a line each, for as long as somebody reads. */
  follow(login: Login, topic: string): AsyncIterable<string>;
  /** Ends the processes that are still there. */
  close(): void;
}

export function mosquitto(port: number): Mosquitto {
  const running = new Set<ChildProcessWithoutNullStreams>();
  const start = (command: string, { name, password }: Login, topic: string, options: readonly string[]) => {
    const connection = ['-h', '127.0.0.1', '-p', `${port}`, '-u', name, '-P', password, '-i', name];
    const child = spawn(command, [...connection, '-t', topic, '-q', '1', ...options]);
    running.add(child);
    child.once('exit', () => running.delete(child));
    child.stdin.on('error', () => {}); // it ended without reading all
    return child;
  };
  return {
    publish: (login, topic, payload) => {
      const child = start('mosquitto_pub', login, topic, ['-s']);
      child.stdin.end(payload);
      return finished(child);
    },
    subscribe: (login, topic, ...options) => finished(start('mosquitto_sub', login, topic, options)),
    async *follow(login, topic) {
      const child = start('mosquitto_sub', login, topic, []);
      try {
        yield* createInterface(child.stdout);
      } finally {
        child.kill();
      }
    },
    close: () => {
      for (const child of running) child.kill();
    },
  };
}

async function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk) => stdout.push(chunk));
  child.stderr.on('data', (chunk) => stderr.push(chunk));
  const [code] = await once(child, 'close');
  return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}
