// The keys `sensor`, `sampleHz` and `power` of an agent's file: where its power is read, how often, and what the model
// counts with where nothing measures it.

import { z } from 'zod';
import { BOARD_PROFILES } from '../board-profiles.js';

export const CHIP_TYPES = ['ina219', 'ina226', 'ina228', 'ina260', 'ina3221'] as const;
export type ChipType = (typeof CHIP_TYPES)[number];

const positive = z.number().gt(0, 'a number above 0');
const amount = z.number().min(0, 'a number of at least 0');

export const FIRST_ADDRESS = 0x40;
export const LAST_ADDRESS = 0x4f;
const CHANNELS = 3;

const place = {
  /** N of `/dev/i2c-N`; all of them unless told. */
  bus: z.int('a whole number').min(0, 'the N of /dev/i2c-N').optional(),
  address: z
    .int('a whole number')
    .min(FIRST_ADDRESS, 'an address from 0x40 to 0x4F')
    .max(LAST_ADDRESS, 'an address from 0x40 to 0x4F')
    .optional(),
};
/** Conversions in each sample: the most that the chip has below this. What fits between two samples, unless told. */
const averaging = { averaging: z.int('a whole number').min(1, 'at least 1').max(1024, 'at most 1024').optional() };
const shunt = {
  /** That of modules as they are sold, unless told. */
  shuntOhms: positive.optional(),
  /** The most current that is expected; the most that the chip can tell, unless told. */
  maxAmps: positive.optional(),
};
const channel = z.int('a whole number').min(1, 'a channel from 1').max(CHANNELS, 'a channel up to 3').default(1);

const shunted = { ...place, ...averaging, ...shunt };

const detailedSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auto'), ...shunted }),
  z.strictObject({ type: z.literal('ina219'), ...shunted }),
  z.strictObject({ type: z.literal('ina226'), ...shunted }),
  z.strictObject({ type: z.literal('ina228'), ...shunted }),
  z.strictObject({ type: z.literal('ina260'), ...place, ...averaging }),
  z.strictObject({ type: z.literal('ina3221'), ...shunted, channel }),
  z.strictObject({
    type: z.literal('hwmon'),
    /** As the file `name` in its folder of /sys/class/hwmon has it; any power monitor unless told. */
    name: z.string().min(1).optional(),
    channel,
  }),
  z.strictObject({ type: z.literal('simulated'), watts: amount.default(2.5) }),
]);

const NAMES = ['auto', 'none', 'simulated', 'hwmon', ...CHIP_TYPES] as const;

/** `auto`: a chip on the bus, else a driver of the kernel, else the model. `none`: the model. */
export const sensorSchema = z.union(
  [z.enum(NAMES), detailedSchema],
  `one of ${NAMES.join(', ')}, or one with its figures: { type: ina219, bus: 1, address: 0x40, shuntOhms: 0.1 }`,
);
export type SensorInput = z.input<typeof sensorSchema>;

export type DetailedSensor = z.output<typeof detailedSchema>;
export type SensorSettings = DetailedSensor | { readonly type: 'none' };
export type ChipSensor = Extract<DetailedSensor, { type: ChipType | 'auto' }>;

/** With the name alone meaning all its defaults. */
export function sensorSettings(input: z.output<typeof sensorSchema>): SensorSettings {
  if (typeof input !== 'string') return input;
  return input === 'none' ? { type: 'none' } : detailedSchema.parse({ type: input });
}

const MOST_HZ = 200;
export const DEFAULT_SAMPLE_HZ = 20;
export const sampleHzSchema = z.number().min(1, 'at least 1').max(MOST_HZ, `at most ${MOST_HZ}`);

/** What the model counts with; by the board's own name unless told. */
export const powerModelSchema = z.union(
  [z.enum([...BOARD_PROFILES.keys()]), z.strictObject({ idleW: amount, loadW: amount })],
  `one of ${[...BOARD_PROFILES.keys()].join(', ')}, or the watts of this board: { idleW: 2.7, loadW: 3.6 }`,
);
export type PowerModelSettings = z.output<typeof powerModelSchema>;
