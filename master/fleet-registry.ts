// Which boards there are, from their births and wills.

import { FrameError, TimeoutError } from '../errors.js';
import { type AgentInfo, agentInfoSchema } from '../protocol/agent-messages.js';
import { byAgent } from '../protocol/agent-order.js';
import { parseMessage, presenceSchema } from '../protocol/messages.js';
import { parseTopic, type Topics } from '../protocol/topics.js';
import type { Subscription, Transport } from '../transport/transport.js';

interface Entry {
  online: boolean;
  boot: number;
  info: AgentInfo | null;
}

export interface LostBoard {
  readonly agent: string;
  /** `returned`: it was offline, and is back as another process, which knows nothing of what that one held. */
  readonly reason: 'offline' | 'restarted' | 'returned';
}

const CONFIRM_MS = 12_000;

export class FleetRegistry {
  private readonly entries = new Map<string, Entry>();
  private readonly watchers = new Set<() => void>();
  private readonly lossHandlers = new Set<(lost: LostBoard) => void>();
  private subscriptions: Subscription[] = [];
  private readonly waits = new Set<() => void>();
  /** Boards that were online when the connection was lost, and have not been heard of since. */
  private readonly unconfirmed = new Set<string>();
  private confirming: NodeJS.Timeout | undefined;
  private connected = true;
  private closed = false;

  constructor(
    private readonly transport: Transport,
    private readonly topics: Topics,
    /** Within this time of a reconnect the boards that are there have said so again. */
    readonly confirmMs = CONFIRM_MS,
  ) {}

  get isConnected(): boolean {
    return this.connected;
  }

  /** Whether silence tells anything: not while, nor soon after, nobody could be heard. */
  get isSettled(): boolean {
    return this.connected && this.confirming === undefined;
  }

  /** Whether it is online, and has said so since the connection was last lost. */
  isThere(agent: string): boolean {
    return !this.unconfirmed.has(agent) && this.online().some((each) => each.agent === agent);
  }

  async open(): Promise<void> {
    const { transport, topics } = this;
    this.subscriptions = [
      await transport.subscribe(topics.agentInfo('+'), (topic, payload) => this.onMessage(topic, payload), 1),
      await transport.subscribe(topics.agentStatus('+'), (topic, payload) => this.onMessage(topic, payload), 1),
    ];
    transport.onConnection((connected) => this.onConnection(connected));
  }

  /** Ends all waits, too. */
  async close(): Promise<void> {
    clearTimeout(this.confirming);
    this.closed = true;
    for (const end of this.waits) end();
    await Promise.all(this.subscriptions.map((subscription) => subscription.close()));
  }

  /** Boards that are there and have said what they can do, by name, the numbers in names as numbers. */
  online(): AgentInfo[] {
    const infos = [...this.entries.values()].flatMap(({ online, info }) => (online && info ? [info] : []));
    return infos.sort((a, b) => byAgent(a.agent, b.agent));
  }

  /** Told when a board vanishes, and when it comes back as a new process that knows nothing. */
  onLost(handler: (lost: LostBoard) => void): () => void {
    this.lossHandlers.add(handler);
    return () => this.lossHandlers.delete(handler);
  }

  /** Told of each change of a board: it came, went, or said something new of itself. */
  onChange(handler: () => void): () => void {
    this.watchers.add(handler);
    return () => this.watchers.delete(handler);
  }

  /**
   * The first `count` boards, once so many are online.
   * @throws TimeoutError saying how many there are
   */
  async waitFor(count: number, timeoutMs: number): Promise<AgentInfo[]> {
    await this.until(() => this.online().length >= count, timeoutMs);
    const online = this.online();
    if (online.length >= count) return online.slice(0, count);
    const names = online.map(({ agent }) => agent).join(', ') || 'none';
    throw new TimeoutError(
      `${count} boards are needed, ${online.length} online after ${timeoutMs / 1000} s (${names})`,
      {
        remedy:
          'Start the missing agents (`ringtmp agent --id <name>`), or ask for fewer boards (key boards of the run file).',
      },
    );
  }

  /** Resolves when the boards are as wanted, or after the time-out, or when the registry is closed. */
  until(condition: () => boolean, timeoutMs: number): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.watchers.delete(check);
        this.waits.delete(done);
        resolve();
      };
      const check = () => condition() && done();
      const timer = setTimeout(done, timeoutMs);
      this.watchers.add(check);
      this.waits.add(done);
    });
  }

  private onMessage(topic: string, payload: Uint8Array): void {
    const parsed = parseTopic(topic);
    if (parsed?.kind !== 'agent' || payload.length === 0) return;
    const entry = this.entryOf(parsed.agent);
    try {
      if (parsed.leaf === 'info') onInfo(parsed.agent, entry, parseMessage(agentInfoSchema, payload));
      else this.onStatus(parsed.agent, entry, parseMessage(presenceSchema, payload));
    } catch (error) {
      if (!(error instanceof FrameError)) throw error; // a board that speaks nonsense stays as it was
    }
    for (const watcher of this.watchers) watcher();
  }

  /**
   * A board that died with the broker has no will that tells: the broker took it along. Doubt begins with
   * the loss, since statuses may come again before the return is told.
   */
  private onConnection(connected: boolean): void {
    clearTimeout(this.confirming);
    this.confirming = undefined;
    if (this.closed) return;
    this.connected = connected;
    if (connected) this.confirming = setTimeout(() => this.loseUnconfirmed(), this.confirmMs).unref();
    else for (const [agent, { online }] of this.entries) if (online) this.unconfirmed.add(agent);
    for (const watcher of this.watchers) watcher();
  }

  private loseUnconfirmed(): void {
    this.confirming = undefined;
    for (const agent of [...this.unconfirmed]) {
      const entry = this.entryOf(agent);
      this.onStatus(agent, entry, { state: 'offline', boot: entry.boot });
    }
    for (const watcher of this.watchers) watcher();
  }

  private onStatus(agent: string, entry: Entry, { state, boot }: { state: 'online' | 'offline'; boot: number }): void {
    this.unconfirmed.delete(agent);
    const wasOnline = entry.online;
    const isOther = state === 'online' && entry.boot !== 0 && boot !== entry.boot;
    entry.online = state === 'online';
    entry.boot = boot;
    if (wasOnline && !entry.online) this.tellLoss({ agent, reason: 'offline' });
    if (isOther) this.tellLoss({ agent, reason: wasOnline ? 'restarted' : 'returned' });
  }

  private tellLoss(lost: LostBoard): void {
    for (const handler of this.lossHandlers) handler(lost);
  }

  private entryOf(agent: string): Entry {
    const entry = this.entries.get(agent) ?? { online: false, boot: 0, info: null };
    this.entries.set(agent, entry);
    return entry;
  }
}

/** Nobody is born under another's name. */
function onInfo(agent: string, entry: Entry, info: AgentInfo): void {
  if (info.agent === agent) entry.info = info;
}
