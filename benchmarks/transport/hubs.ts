// The brokers that may stand between sender and receiver, each a process of its own: ours as
// `ringtmp broker` starts it, and mosquitto where it is installed.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../../cli/up/child.js';
import { TimeoutError } from '../../errors.js';
import { endsWithUs } from '../ends-with-us.js';
import { BENCH_FLEET } from './through-hub.js';

export interface Hub {
  readonly url: string;
  readonly pid: number;
  /** As it tells of itself. */
  readonly about: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const READY_MS = 10_000;
export const INSTALL_MOSQUITTO = 'sudo apt install mosquitto';

/** `null` where it is not installed. */
export const HUBS: Readonly<Record<string, () => Promise<Hub | null>>> = {
  ringtmp: startOurs,
  mosquitto: startMosquitto,
};

async function startOurs(): Promise<Hub> {
  const folder = await mkdtemp(join(tmpdir(), 'ringtmp-bench-'));
  const child = new Child({
    name: 'broker',
    args: ['broker', '--no-config', '--port', '0', '--fleet', BENCH_FLEET, '--log-level', 'warn'],
    env: process.env,
    logFile: join(folder, 'broker.log'),
    onDeath: () => undefined,
  });
  const { port } = await child.ready(READY_MS);
  return {
    url: `mqtt://${HOST}:${port}`,
    pid: child.pid as number,
    about: 'ringtmp broker',
    close: async () => {
      await child.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function startMosquitto(): Promise<Hub | null> {
  const help = spawnSync('mosquitto', ['-h'], { encoding: 'utf8', env: withSbin() });
  if (help.error !== undefined) return null;
  const folder = await mkdtemp(join(tmpdir(), 'ringtmp-bench-'));
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  await writeFile(file, `listener ${port} ${HOST}\nallow_anonymous true\nset_tcp_nodelay true\nlog_type error\n`);
  const child = endsWithUs(spawn('mosquitto', ['-c', file], { stdio: 'ignore', env: withSbin() }));
  const close = async (): Promise<void> => {
    await ended(child);
    await rm(folder, { recursive: true });
  };
  await answers(port).catch(async (error) => {
    await close();
    throw error;
  });
  return { url: `mqtt://${HOST}:${port}`, pid: child.pid as number, about: help.stdout.split('\n')[0] ?? '', close };
}

/** Debian puts it where only the administrator looks. */
function withSbin(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'close');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, HOST);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const RETRY_MS = 50;

async function answers(port: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < READY_MS; waitedMs += RETRY_MS) {
    const socket = connect(port, HOST);
    const isOpen = await once(socket, 'connect').then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await sleep(RETRY_MS);
  }
  throw new TimeoutError(`mosquitto does not listen on port ${port} after ${READY_MS / 1000} s`, {
    remedy: 'Start it by hand to see what it says, or leave it out of the PATH.',
  });
}
