// A whole fleet on this machine, as one starts it by hand: broker, master and boards, each a process of
// its own, with passwords made for the occasion.

import { mkdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addClient } from '../../broker/credentials.js';
import { RunError } from '../../errors.js';
import { RESTART_EXIT_CODE } from '../commands/agent.js';
import { Child } from './child.js';

export interface LocalFleetOptions {
  readonly fleet: string;
  readonly boards: number;
  /** 0 takes any free one. */
  readonly port: number;
  readonly runsFolder: string;
  /** Where runs may read their data. */
  readonly dataFolders: readonly string[];
  readonly engine: string;
  /** For whoever computes a stage. */
  readonly blasArguments?: readonly string[];
  /** For a position, 0 the master. */
  readonly profileArguments?: (position: number) => string[];
  /** What a board is started by, the first is 0: it may limit the process that it becomes. */
  readonly launchers?: readonly (readonly string[])[];
  readonly env: NodeJS.ProcessEnv;
  readonly supervision?: Supervision;
}

/** Of a fleet that goes on whatever ends: each process is started again at once. Its broker needs a port, not any. */
export interface Supervision {
  /** Told when a process has ended, and how. */
  onRestart(member: string, how: string): void;
  /** Where a member finds the broker, which is at that URL. */
  routeTo(broker: string, member: string): Promise<string>;
  /** Where an agent keeps the snapshots of runs. */
  snapshotsFolder(agent: string): string;
}

export const HOST = '127.0.0.1';
const READY_MS = 30_000;
/** glibc gives each thread a heap of its own, which keeps what was freed: a few MB of an idle agent. */
const LEAN = { MALLOC_ARENA_MAX: '2' };
/** What is set for the agent of this machine is not for many of them. */
const NOT_OF_THIS_MACHINE = Object.fromEntries(
  [
    'LINK_PORT',
    'LINK_ADDRESS',
    'PASSWORD_FILE',
    'CONFIG',
    'DATA',
    'SNAPSHOTS',
    'DIRECT',
    'SENSOR',
    'SAMPLE_HZ',
    'LIGHTS',
    'POWER',
    'MEMORY',
    'WS_PORT',
    'WAIT',
    'PASSWORD',
  ].map((name) => [`RINGTMP_${name}`, undefined]),
);

export class LocalFleet {
  /** Rejects when a process ends by itself. */
  readonly failure: Promise<never>;
  readonly #options: LocalFleetOptions;
  readonly #children: { broker?: Child; master?: Child; boards: Child[] } = { boards: [] };
  #onDeath: (error: Error) => void = () => undefined;
  #secrets: string | undefined;
  #url = '';
  #starting: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor(options: LocalFleetOptions) {
    this.#options = options;
    this.failure = new Promise((_resolve, reject) => {
      this.#onDeath = reject;
    });
    this.failure.catch(() => undefined); // whoever races it handles it
  }

  get url(): string {
    return this.#url;
  }

  get runsFolder(): string {
    return this.#options.runsFolder;
  }

  get logFolder(): string {
    return join(this.#options.runsFolder, 'logs');
  }

  get boardPids(): number[] {
    return this.#children.boards.flatMap(({ pid }) => pid ?? []);
  }

  get brokerPid(): number | undefined {
    return this.#children.broker?.pid;
  }

  /** `broker`, `master`, `board-1`, ... */
  member(name: string): Child {
    const { broker, master, boards } = this.#children;
    const found = [broker, master, ...boards].find((child) => child?.name === name);
    if (found) return found;
    throw new RunError(`there is no ${name} in this fleet, or not any more`);
  }

  /** Resolves once all are there. Call `stop` in any case, also after a failure. */
  start(): Promise<void> {
    const started = this.#start();
    this.#starting = started.catch(() => undefined);
    return started;
  }

  /** In the order in which they need each other: the master takes leave of the boards, all of the broker. */
  async stop(): Promise<void> {
    this.#stopped = true;
    const { boards, master, broker } = this.#children;
    await master?.stop();
    await Promise.all(boards.map((board) => board.stop()));
    await broker?.stop();
    await this.#starting;
    if (this.#secrets !== undefined) await rm(this.#secrets, { recursive: true, force: true });
  }

  /** At once, all of them. */
  kill(): void {
    this.#stopped = true;
    const { boards, master, broker } = this.#children;
    for (const child of [...boards, master, broker]) child?.kill();
  }

  async #start(): Promise<void> {
    mkdirSync(this.logFolder, { recursive: true });
    const { boards, runsFolder, dataFolders, engine, blasArguments = [] } = this.#options;
    const profiles = this.#options.profileArguments ?? (() => []);
    const dataArgs = dataFolders.flatMap((folder) => ['--data', folder]);
    const ids = Array.from({ length: boards }, (_, index) => `board-${index + 1}`);
    const passwords = await this.#makePasswords(ids);
    const { port } = await this.#startBroker();
    this.#url = `mqtt://${HOST}:${port}`;
    const { supervision } = this.#options;
    const routes = new Map<string, string>();
    for (const id of supervision ? ['master', ...ids] : []) {
      routes.set(id, (await supervision?.routeTo(this.#url, id)) as string);
    }
    const child = (name: string, args: string[], launcher: readonly string[] = []): Child => {
      const env = { RINGTMP_PASSWORD: passwords.get(name), RINGTMP_BROKER: routes.get(name) ?? this.#url };
      return this.#child(name, args, env, launcher);
    };
    this.#children.master = child('master', [
      'master',
      '--no-config',
      ...(supervision ? [] : ['--no-resume']),
      '--runs',
      runsFolder,
      ...dataArgs,
      ...blasArguments,
      ...profiles(0),
    ]);
    // The lights of this computer, if any, are not for several boards to share.
    const engineArgs = ['--engine', engine, '--lights', 'simulated', ...blasArguments];
    for (const [index, id] of ids.entries()) {
      const snapshots = supervision?.snapshotsFolder(id) ?? join(this.#secrets as string, 'snapshots', id);
      const args = ['agent', '--no-config', '--id', id, '--snapshots', snapshots];
      this.#children.boards.push(
        child(id, [...args, ...engineArgs, ...profiles(index + 1)], this.#options.launchers?.[index]),
      );
    }
    await Promise.all([this.#children.master, ...this.#children.boards].map((each) => each.ready(READY_MS)));
  }

  async #makePasswords(ids: readonly string[]): Promise<Map<string, string>> {
    this.#secrets = await mkdtemp(join(tmpdir(), 'ringtmp-')); // mode 0700
    const passwords = new Map([['master', await addClient(this.#credentials(), 'master', 'master')]]);
    for (const id of ids) passwords.set(id, await addClient(this.#credentials(), id, 'agent'));
    return passwords;
  }

  #credentials(): string {
    return join(this.#secrets as string, 'credentials.json');
  }

  async #startBroker(): Promise<Record<string, unknown>> {
    const { port } = this.#options;
    const args = [
      'broker',
      '--no-config',
      '--host',
      HOST,
      '--port',
      String(port),
      '--credentials',
      this.#credentials(),
    ];
    // For `ringtmp status` and mosquitto_pub in another terminal. It lets in every user of this machine: `up` is
    // for a machine with one.
    this.#children.broker = this.#child('broker', [...args, '--anonymous-operator'], {});
    return this.#children.broker.ready(READY_MS);
  }

  #child(name: string, args: readonly string[], env: NodeJS.ProcessEnv, launcher: readonly string[] = []): Child {
    if (this.#stopped) throw new RunError(`${name} is not started: the fleet was stopped meanwhile`);
    const { supervision } = this.#options;
    return new Child({
      name,
      args: [...args, '--fleet', this.#options.fleet],
      launcher,
      env: { ...LEAN, ...this.#options.env, ...NOT_OF_THIS_MACHINE, ...env },
      logFile: join(this.logFolder, `${name}.log`),
      ...(args[0] === 'agent' && { restartCode: RESTART_EXIT_CODE }),
      onDeath: (error) => this.#onDeath(error),
      onRestart: supervision && ((how) => supervision.onRestart(name, how)),
    });
  }
}
