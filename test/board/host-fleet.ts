// The rest of the fleet that the virtual board belongs to: broker, master and boards, each a process of the real command on
// this computer, with passwords; and an operator who looks on.

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { topicsOf } from '../../protocol/topics.js';
import { connectMqtt } from '../../transport/mqtt.js';
import { EXAMPLES, type Outcome, type Running, ringtmp, start } from '../cli/ringtmp.js';
import { type BoardWatch, watchBoard } from './board-watch.js';
import { HOST_FROM_BOARD } from './virtual-board.js';

export interface HostFleet {
  /** Where its commands run: fleet.yaml, passwords, runs. */
  readonly folder: string;
  /** What a board tells, from now on. */
  watch(board: string): Promise<BoardWatch>;
  /** A command on the fleet file, or on cards. @returns what it printed @throws Error when it fails */
  manage(...args: string[]): Promise<string>;
  /** A command of an operator on the running fleet, which goes on. */
  operate(...args: string[]): Running;
  close(): Promise<void>;
}

const FLEET = 'home';
/** What the boards that are processes are taken to draw: nothing measures them. */
const MODEL = { RINGTMP_POWER: 'pi-4' };

/** @param names of the boards that are processes on this computer */
export async function startHostFleet(names: readonly string[]): Promise<HostFleet> {
  const folder = await mkdtemp(join(tmpdir(), 'ringtmp-board-'));
  const port = await freePort();
  const manage = (...args: string[]) => succeeded(ringtmp(args, folder));
  await manage('fleet', 'init', '--broker', `mqtt://${HOST_FROM_BOARD}:${port}`);
  await manage('fleet', 'add', ...names);
  const broker = `mqtt://127.0.0.1:${port}`;
  const members = await startMembers(folder, port, names);
  const onlooker = await connectMqtt({ url: broker, clientId: 'onlooker' });
  return {
    folder,
    watch: (board) => watchBoard(onlooker, topicsOf(FLEET), board),
    manage,
    operate: (...args) => start([...args, '--broker', broker], folder),
    close: async () => {
      await onlooker.close();
      for (const each of members.toReversed()) {
        each.process.kill('SIGTERM');
        await each.outcome;
      }
      await rm(folder, { recursive: true });
    },
  };
}

async function startMembers(folder: string, port: number, names: readonly string[]): Promise<Running[]> {
  const broker = ['broker', '--port', `${port}`, '--credentials', 'credentials.json', '--anonymous-operator'];
  const access = (name: string) => {
    return ['--broker', `mqtt://127.0.0.1:${port}`, '--password-file', join('fleet.keys', `${name}.key`)];
  };
  const agents = names.map((name) => ['agent', '--id', name, '--engine', 'wasm', ...access(name)]);
  const members: Running[] = [];
  for (const args of [broker, ['master', '--data', EXAMPLES, ...access('master')], ...agents]) {
    const member = start(args, folder, MODEL);
    members.push(member);
    await member.line(/broker listens|is online/);
  }
  return members;
}

/** @throws Error with what the command said */
export async function succeeded(outcome: Promise<Outcome>): Promise<string> {
  const { code, stdout, stderr } = await outcome;
  if (code === 0) return stdout;
  throw new Error(`ended with code ${code}:\n${stdout}\n${stderr}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
