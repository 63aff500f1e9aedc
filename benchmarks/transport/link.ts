// A hop from the outside: two processes, and perhaps a hub between them. It is told what to carry, and
// says how fast that went and what it cost each process.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type ErrorReport, RemoteError, RunError } from '../../errors.js';
import type { Pinning } from '../pinning.js';
import { cpuSeconds } from '../process-figures.js';
import type { Way } from './duct.js';
import type { Hub } from './hubs.js';
import type { Load, Traffic } from './traffic.js';

export interface LoadFigures extends Traffic {
  /** In seconds, while the load lasted; `null` where there is no such process. */
  readonly cpu: Readonly<Record<'sender' | 'hub' | 'receiver', number | null>>;
}

export interface Link {
  carry(load: Load): Promise<LoadFigures>;
  close(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL('./end-process.js', import.meta.url));
const [SENDER_CORE, RECEIVER_CORE] = [0, 1];

interface Message {
  readonly ready?: { readonly address?: string };
  readonly traffic?: Traffic;
  readonly failed?: ErrorReport;
}

export async function openLink({ name }: Way, hub: Hub | null, pinning: Pinning): Promise<Link> {
  const url = hub?.url ?? '';
  const receiver = start(pinning, RECEIVER_CORE, ['receiver', name, url]);
  const { ready } = await answerOf(receiver);
  const sender = start(pinning, SENDER_CORE, ['sender', name, url, ready?.address ?? '']);
  await answerOf(sender);
  const pids = { sender: sender.child.pid, hub: hub?.pid, receiver: receiver.child.pid };
  return {
    carry: async (load) => {
      const before = cpuOf(pids);
      sender.child.send(load);
      const { traffic } = await answerOf(sender);
      const after = cpuOf(pids);
      return { ...(traffic as Traffic), cpu: difference(after, before) };
    },
    close: async () => {
      const ends = [sender.child, receiver.child].filter(({ exitCode, connected }) => exitCode === null && connected);
      await Promise.all(ends.map((end) => Promise.all([once(end, 'exit'), end.disconnect()])));
    },
  };
}

/** One of the two ends. */
interface End {
  readonly child: ChildProcess;
  /** Rejects when it ends without having been asked to. */
  readonly gone: Promise<never>;
}

function start(pinning: Pinning, core: number, args: readonly string[]): End {
  const command = pinning.command(core, process.execPath, [SCRIPT, ...args]);
  const child = spawn(command.file, [...command.args], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const gone = once(child, 'exit').then(() => {
    throw new RunError('an end of a hop ended by itself', { remedy: 'What it said stands above.' });
  });
  gone.catch(() => undefined); // whoever waits for an answer handles it
  return { child, gone };
}

async function answerOf({ child, gone }: End): Promise<Message> {
  const heard = new AbortController();
  const answer = once(child, 'message', { signal: heard.signal });
  answer.catch(() => undefined);
  const [message] = (await Promise.race([answer, gone]).finally(() => heard.abort())) as [Message];
  if (message.failed) throw new RemoteError(message.failed);
  return message;
}

type Pids = Readonly<Record<'sender' | 'hub' | 'receiver', number | undefined>>;
type Cpu = LoadFigures['cpu'];

function cpuOf(pids: Pids): Cpu {
  const of = (pid: number | undefined): number | null => (pid === undefined ? null : cpuSeconds(pid));
  return { sender: of(pids.sender), hub: of(pids.hub), receiver: of(pids.receiver) };
}

function difference(after: Cpu, before: Cpu): Cpu {
  const of = (key: keyof Cpu): number | null => {
    const [last, first] = [after[key], before[key]];
    return last === null || first === null ? null : last - first;
  };
  return { sender: of('sender'), hub: of('hub'), receiver: of('receiver') };
}
