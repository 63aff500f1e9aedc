// Tells the world about a run: its status, retained and at most every so often while it changes; its
// metrics by step; its events. What cannot be told because the broker is away is not kept.

import type { RunEvent, RunMetrics } from '../protocol/messages.js';
import type { Topics } from '../protocol/topics.js';
import { atMost } from '../transport/at-most.js';
import type { Transport } from '../transport/transport.js';
import type { RunRecord } from './run-record.js';

const EVERY_MS = 250;
const LAST_WORD_MS = 1000;

export class StatusPublisher {
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly transport: Transport,
    private readonly topics: Topics,
    private readonly record: RunRecord,
  ) {
    this.timer = setInterval(() => void this.publish().catch(() => {}), EVERY_MS);
  }

  async publish(): Promise<void> {
    const { transport, topics, record } = this;
    await transport.publish(topics.runStatus(record.name), JSON.stringify(record.status()), { qos: 1, retain: true });
  }

  stateChanged(): void {
    this.event({ type: 'state', state: this.record.status().state });
    this.publish().catch(() => {});
  }

  metrics(metrics: RunMetrics): void {
    const { transport, topics, record } = this;
    transport.publish(topics.runMetrics(record.name), JSON.stringify(metrics), { qos: 0 }).catch(() => {});
  }

  event(event: Omit<RunEvent, 'time'>): void {
    const { transport, topics, record } = this;
    const payload = JSON.stringify({ time: Date.now(), ...event });
    transport.publish(topics.runEvents(record.name), payload, { qos: 1 }).catch(() => {});
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
}
