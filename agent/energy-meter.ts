// Samples the board's power at a steady pace, and keeps the joules of the position that the board holds. A sensor that gives no
// reading is asked again: it is told once, and once more when it is back.

import { reportOf, TimeoutError } from '../errors.js';
import { type PowerReading, type PowerSensor, READING_TIMEOUT_MS } from '../hardware/power/power-sensor.js';
import type { Activity } from '../node/activity.js';
import type { EnergySource } from '../protocol/energy.js';
import type { NodeFigures } from '../protocol/node-figures.js';
import type { AlarmClock } from '../transport/alarm-clock.js';
import type { Logger } from './agent.js';
import { EnergyTally, LONGEST_GAP_MS } from './energy-tally.js';

export interface EnergyMeterOptions {
  readonly sensor: PowerSensor;
  readonly sampleHz: number;
  /** That of the readings. */
  readonly clock: Pick<AlarmClock, 'nowMs' | 'at'>;
  readonly log: Logger;
}

export interface PresentPower {
  readonly source: EnergySource;
  readonly watts: number;
  readonly volts: number | null;
  readonly amps: number | null;
  /** By the chip itself, where it counts: the trapezoids can be held against it. */
  readonly countedJoules: number | null;
}

/** The joules of one position, for as long as it is held. */
export interface PositionEnergy {
  figures(): NonNullable<NodeFigures['energy']> | null;
  end(): void;
}

export class EnergyMeter {
  private readonly tallies = new Set<EnergyTally>();
  private latest: (PowerReading & Pick<PresentPower, 'source'>) | null = null;
  private sampling: Promise<void> | null = null;
  private isFailing = false;
  private isOpen = true;
  private known: string;
  private tellSensor: (name: string) => void = () => {};
  private cancel: () => void = () => {};

  constructor(private readonly options: EnergyMeterOptions) {
    this.known = options.sensor.name;
    this.schedule(options.clock.nowMs());
  }

  get name(): string {
    return this.options.sensor.name;
  }

  /** Null where the sensor has given no reading for a while. */
  get present(): PresentPower | null {
    const { clock } = this.options;
    if (this.latest === null || clock.nowMs() - this.latest.atMs > LONGEST_GAP_MS) return null;
    const { source, watts, volts, amps, countedJoules } = this.latest;
    return { source, watts, volts, amps, countedJoules };
  }

  /** Called when another sensor gives the readings: one that was not there before. */
  onSensor(handler: (name: string) => void): void {
    this.tellSensor = handler;
  }

  begin(work: Pick<Activity, 'seconds' | 'phase'>): PositionEnergy {
    const { clock } = this.options;
    const tally = new EnergyTally(work, clock.nowMs());
    // Of what was modelled in part, it is not said that it was measured.
    const { source } = this;
    this.tallies.add(tally);
    let endMs: number | null = null;
    return {
      figures: () => {
        const joules = tally.joules(endMs ?? clock.nowMs());
        return joules && { source, joules };
      },
      end: () => {
        endMs ??= clock.nowMs();
        this.tallies.delete(tally);
      },
    };
  }

  /** One reading now, besides those at the steady pace; it waits for one under way and never throws. */
  sample(): Promise<void> {
    this.sampling ??= this.take().finally(() => {
      this.sampling = null;
    });
    return this.atMost(this.sampling);
  }

  async close(): Promise<void> {
    this.isOpen = false;
    this.cancel();
    if (this.sampling) await this.atMost(this.sampling);
    await this.options.sensor.close();
  }

  private get source(): EnergySource {
    return this.options.sensor.source;
  }

  /** Of moments that have passed, none is made up for. */
  private schedule(dueMs: number): void {
    const { clock, sampleHz } = this.options;
    const periodMs = 1000 / sampleHz;
    const missed = Math.max(0, Math.floor((clock.nowMs() - dueMs) / periodMs));
    const nextMs = dueMs + (missed + 1) * periodMs;
    this.cancel = clock.at(nextMs, () => {
      void this.sample().then(() => this.isOpen && this.schedule(nextMs));
    });
  }

  private async take(): Promise<void> {
    try {
      const { source } = this;
      const reading = await this.options.sensor.read();
      this.latest = { ...reading, source };
      for (const tally of this.tallies) tally.add(reading);
      if (this.name !== this.known) this.renamed();
      else if (this.isFailing) this.options.log.info({ sensor: this.name }, 'the power sensor gives readings again');
      this.isFailing = false;
    } catch (error) {
      this.failed(error);
    }
  }

  private renamed(): void {
    this.known = this.name;
    this.options.log.info({ sensor: this.name }, 'the power sensor is there now');
    this.tellSensor(this.name);
  }

  private failed(error: unknown): void {
    if (!this.isFailing) this.options.log.warn({ sensor: this.name, error: reportOf(error) }, 'no power reading');
    this.isFailing = true;
  }

  private atMost(reading: Promise<void>): Promise<void> {
    const { clock } = this.options;
    return new Promise((resolve) => {
      const cancel = clock.at(clock.nowMs() + READING_TIMEOUT_MS, () => {
        this.failed(new TimeoutError(`the power sensor gave no reading within ${READING_TIMEOUT_MS} ms`));
        resolve();
      });
      void reading.then(() => {
        cancel();
        resolve();
      });
    });
  }
}

/** The meter is closed by what `use` opens, or here where that fails; none without options. */
export async function withMeter<Result>(
  options: EnergyMeterOptions | undefined,
  use: (meter: EnergyMeter | undefined) => Promise<Result>,
): Promise<Result> {
  const meter = options && new EnergyMeter(options);
  try {
    return await use(meter);
  } catch (error) {
    await meter?.close();
    throw error;
  }
}
