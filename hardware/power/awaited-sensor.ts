// A sensor that was not there when the board started: its wire was loose, or its driver came late. It is looked for now and
// then, and until it is there the model stands in for it, or nothing does.

import { HardwareError } from '../../errors.js';
import type { PowerSensor } from './power-sensor.js';

export interface AwaitedSensorOptions {
  /** For people: what is awaited. */
  readonly what: string;
  readonly standIn: PowerSensor | null;
  /** Null while it is not there. */
  readonly seek: () => Promise<PowerSensor | null>;
  readonly nowMs: () => number;
}

/** Calm enough for a bus that others use, too. */
export const SEEK_EVERY_MS = 30_000;

export function awaitedSensor(options: AwaitedSensorOptions): PowerSensor {
  return new AwaitedSensor(options);
}

/** Name and source are those of what gives the readings now. */
class AwaitedSensor implements PowerSensor {
  private current: PowerSensor | null;
  private isDone = false;
  private isSeeking = false;
  private dueMs: number;

  constructor(private readonly options: AwaitedSensorOptions) {
    this.current = options.standIn;
    this.dueMs = options.nowMs() + SEEK_EVERY_MS;
  }

  get name(): string {
    return this.current?.name ?? `${this.options.what}, not there yet`;
  }

  get source(): PowerSensor['source'] {
    return this.current?.source ?? 'modelled';
  }

  async read() {
    if (!this.isDone && !this.isSeeking && this.options.nowMs() >= this.dueMs) void this.seek();
    if (this.current !== null) return this.current.read();
    throw new HardwareError(this.name, { remedy: '`ringtmp doctor` says what keeps it away.' });
  }

  async close(): Promise<void> {
    this.isDone = true;
    await this.current?.close();
  }

  /** Nobody waits for it: a bus may hang. */
  private async seek(): Promise<void> {
    this.isSeeking = true;
    const found = await this.options.seek().catch(() => null);
    this.isSeeking = false;
    this.dueMs = this.options.nowMs() + SEEK_EVERY_MS;
    if (found === null) return;
    if (this.isDone) {
      await found.close().catch(() => {}); // it was closed meanwhile
      return;
    }
    this.isDone = true;
    const before = this.current;
    this.current = found;
    await before?.close().catch(() => {}); // a model, which holds nothing
  }
}
