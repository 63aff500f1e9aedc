// Tells the world about a run: its status, retained and at most every so often while it changes; its
// metrics by step; its events. While the broker is away one status waits, and a bounded number of events.

import type { RunEvent, RunMetrics, RunStatus } from '../protocol/run-messages.js';
import type { Topics } from '../protocol/topics.js';
import { atMost } from '../transport/at-most.js';
import type { QualityOfService, Transport } from '../transport/transport.js';
import type { RunRecord } from './run-record.js';

const EVERY_MS = 250;
const LAST_WORD_MS = 1000;
const MOST_WAITING = 100;

export class StatusPublisher {
  private readonly timer: NodeJS.Timeout;
  private readonly tellMetrics: (message: RunMetrics) => void;
  private readonly tellEvent: (message: RunEvent) => void;
  /** What was told last, without what changes though nothing happens. */
  private told = '';
  private inFlight: Promise<void> = Promise.resolve();
  private waiting: Promise<void> | null = null;

  constructor(
    private readonly transport: Transport,
    private readonly topics: Topics,
    private readonly record: Pick<RunRecord, 'name' | 'status'>,
  ) {
    this.tellMetrics = boundedPublisher(transport, topics.runMetrics(record.name), 0);
    this.tellEvent = boundedPublisher(transport, topics.runEvents(record.name), 1);
    this.timer = setInterval(() => void this.publish().catch(() => {}), EVERY_MS);
  }

  /** Resolves when the status has been told as it is now or later: one is in flight, and one waits for it. */
  publish(): Promise<void> {
    this.waiting ??= this.inFlight.then(() => {
      this.waiting = null;
      const telling = this.tell();
      this.inFlight = telling.catch(() => {});
      return telling;
    });
    return this.waiting;
  }

  stateChanged(): void {
    this.event({ type: 'state', state: this.record.status().state });
    this.publish().catch(() => {});
  }

  metrics(metrics: RunMetrics): void {
    this.tellMetrics(metrics);
  }

  event(event: Omit<RunEvent, 'time'>): void {
    this.tellEvent({ time: Date.now(), ...event });
  }

  /** Nothing more of its own accord: the next status is the last, once the run's files are closed. */
  fallSilent(): void {
    clearInterval(this.timer);
  }

  /** The last word on a run stays at the broker; without a broker nobody hears it. */
  async close(): Promise<void> {
    this.fallSilent();
    this.event({ type: 'state', state: this.record.status().state });
    await atMost(LAST_WORD_MS, this.publish());
  }

  private async tell(): Promise<void> {
    const { transport, topics, record } = this;
    const status = record.status();
    const news = newsIn(status);
    if (news === this.told) return;
    await transport.publish(topics.runStatus(record.name), JSON.stringify(status), { qos: 1, retain: true });
    this.told = news;
  }
}

/** While a run stands still its clock goes on, and with it the shares of its time: that is no news. */
function newsIn(status: RunStatus): string {
  if (status.state !== 'planning' && status.state !== 'paused') return JSON.stringify(status);
  const { master } = status;
  const still = master && { ...master, idleShare: 0, wallSeconds: 0, energy: null };
  return JSON.stringify({ ...status, elapsedSeconds: 0, masterPeakRssBytes: 0, master: still });
}

/** What comes while so many still wait is not told. */
function boundedPublisher(transport: Transport, topic: string, qos: QualityOfService): (message: object) => void {
  let waiting = 0;
  const free = () => {
    waiting--;
  };
  return (message) => {
    if (waiting >= MOST_WAITING) return;
    waiting++;
    transport.publish(topic, JSON.stringify(message), { qos }).then(free, free);
  };
}
