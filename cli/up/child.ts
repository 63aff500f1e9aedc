// One process of a fleet on this machine: started, awaited, watched and stopped. It says over the IPC
// channel that it is ready or why it is not, and ends by itself when that channel closes.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { RemoteError, RunError, TimeoutError } from '../../errors.js';
import { V8_FLAGS } from '../lean-memory.js';
import { logTail } from './log-tail.js';

export interface ChildOptions {
  /** As people know it: `broker`, `master`, `board-1`. */
  readonly name: string;
  /** Of this very program. */
  readonly args: readonly string[];
  /** Words that its command line begins with, of another program that becomes it. */
  readonly launcher?: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** An exit with this code asks to be started anew. */
  readonly restartCode?: number;
  /** Makes it one that is started again at once, however it ends, after it has served once. Told each time. */
  readonly onRestart?: ((how: string) => void) | undefined;
  /** Told once, when the child ends without having been asked to. */
  readonly onDeath: (error: Error) => void;
}

interface ChildMessage {
  readonly ready?: Record<string, unknown>;
  readonly failed?: { readonly code: string; readonly message: string; readonly remedy?: string };
}

const PROGRAM = new URL('../main.js', import.meta.url).pathname;
const KILL_MS = 5_000;
/** One that cannot live is not started again at once. */
const SHORT_LIFE_MS = 1_000;

export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess;
  #stopping = false;
  #hasServed = false;
  #startedMs = 0;
  #awayUntilMs = 0;
  #restart: NodeJS.Timeout | undefined;
  #failure: ChildMessage['failed'];
  #onReady: (facts: Record<string, unknown>) => void = () => undefined;
  #onEnd: (error: Error) => void;
  #exited!: Promise<void>;

  constructor(options: ChildOptions) {
    this.#options = options;
    this.#onEnd = options.onDeath;
    this.#process = this.#start(true);
  }

  get name(): string {
    return this.#options.name;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Resolves with what the child tells of itself once it serves. */
  ready(timeoutMs: number): Promise<Record<string, unknown>> {
    let timer: NodeJS.Timeout | undefined;
    return new Promise<Record<string, unknown>>((resolve, reject) => {
      timer = setTimeout(() => reject(this.#late(timeoutMs)), timeoutMs);
      this.#onReady = resolve;
      this.#onEnd = reject;
    }).finally(() => {
      clearTimeout(timer);
      this.#onEnd = this.#options.onDeath;
    });
  }

  /** Asks it to end, and makes it when it does not. */
  async stop(): Promise<void> {
    this.#leave();
    this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), KILL_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  kill(): void {
    this.#leave();
    this.#process.kill('SIGKILL');
  }

  /** Of a fault that is to befall it. */
  signal(name: NodeJS.Signals): void {
    this.#process.kill(name);
  }

  /** Of a fault that lasts: it ends at once, and is not started again before that time. */
  lose(forMs: number): void {
    this.#awayUntilMs = performance.now() + forMs;
    this.#process.kill('SIGKILL');
  }

  #leave(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    clearTimeout(this.#restart);
    this.#onEnd(new RunError(`${this.#options.name} was stopped`));
  }

  #start(isFirst: boolean): ChildProcess {
    const { args, launcher = [], env, logFile } = this.#options;
    if (isFirst) closeSync(openSync(logFile, 'w'));
    const log = openSync(logFile, 'a'); // never over what another process writes there
    const [program, ...rest] = [...launcher, process.execPath, ...V8_FLAGS, PROGRAM, ...args] as [string, ...string[]];
    const child = spawn(program, rest, { env, stdio: ['ignore', log, log, 'ipc'] });
    closeSync(log);
    this.#startedMs = performance.now();
    child.on('message', (message: ChildMessage) => {
      if (message.ready) this.#serves(message.ready);
      this.#failure = message.failed ?? this.#failure;
    });
    this.#exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.#onEnd(error);
        resolve();
      });
      // 'close' comes after the last IPC message, 'exit' may come before it
      child.once('close', (code, signal) => {
        this.#ended(code, signal);
        resolve();
      });
    });
    return child;
  }

  #serves(facts: Record<string, unknown>): void {
    this.#hasServed = true;
    this.#onReady(facts);
  }

  #ended(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#stopping) return;
    const { restartCode, onRestart } = this.#options;
    const how = signal ?? `exit code ${code}`;
    if (code !== null && code === restartCode) this.#process = this.#start(false);
    else if (onRestart && this.#hasServed) this.#startAgain(how, onRestart);
    else this.#onEnd(this.#death(how));
  }

  #startAgain(how: string, onRestart: (how: string) => void): void {
    onRestart(how);
    const nowMs = performance.now();
    const start = () => {
      this.#process = this.#start(false);
    };
    const waitMs = Math.max(nowMs - this.#startedMs < SHORT_LIFE_MS ? SHORT_LIFE_MS : 0, this.#awayUntilMs - nowMs);
    if (waitMs > 0) this.#restart = setTimeout(start, waitMs);
    else start();
  }

  #death(how: string): Error {
    const { name, logFile } = this.#options;
    if (this.#failure) return new RemoteError({ ...this.#failure, message: `${name}: ${this.#failure.message}` });
    return new RunError(`the process of ${name} has ended (${how})`, { remedy: logTail(logFile) });
  }

  #late(timeoutMs: number): Error {
    const { name, logFile } = this.#options;
    return new TimeoutError(`${name} did not appear in ${timeoutMs / 1000} s`, { remedy: logTail(logFile) });
  }
}
