// What tells a board's power. One interface; the chips, the kernel's drivers, the model and the twin behind it are files of
// their own.

export interface PowerReading {
  /** When it was sampled, by `performance.now`. */
  readonly atMs: number;
  /** Null where only watts are known. */
  readonly volts: number | null;
  /** Below 0 where the sensor is wired the other way round; null where only watts are known. */
  readonly amps: number | null;
  readonly watts: number;
  /** What the chip itself has counted since it was set up; null where it does not count. */
  readonly countedJoules: number | null;
}

/** A reading takes milliseconds: one that does not come within this is given up. */
export const READING_TIMEOUT_MS = 1_000;

export interface PowerSensor {
  /** For people: `ina219 on i2c-1 at 0x40, shunt 0.1 ohm`. */
  readonly name: string;
  readonly source: 'measured' | 'modelled' | 'simulated';
  /** @throws HardwareError when there is no reading this time; the next one may succeed */
  read(): Promise<PowerReading>;
  close(): Promise<void>;
}
