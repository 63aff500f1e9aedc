// What INA226, INA260 and INA3221 have in common: the fields of the configuration, and the flags.

/** Of code 0 to 7. */
export const AVERAGES: readonly number[] = [1, 4, 16, 64, 128, 256, 512, 1024];
/** Voltage and current, 1.1 ms each, at most 1.21 ms. */
export const CONVERSION_MS = 2 * 1.21;
/** Mask/Enable of INA226 and INA260: reading it clears CVRF. */
export const MASK = 0x06;

/** Of the configuration of INA226 and INA260: bit 15 resets, bits 14 to 12 are as they are. */
export const SETTABLE = 0x0fff;

const CONVERSION_TIME = 0b100; // 1.1 ms
const CONTINUOUS = 0b111;

/** @param fixed the bits from 12 on, which each kind has its own of */
export function configurationOf(fixed: number, averaging: number): number {
  return fixed | (AVERAGES.indexOf(averaging) << 9) | (CONVERSION_TIME << 6) | (CONVERSION_TIME << 3) | CONTINUOUS;
}

/** CVRF, of Mask/Enable. */
export function isReady(mask: number): boolean {
  return (mask & (1 << 3)) !== 0;
}

/** OVF, of Mask/Enable. */
export function hasOverflown(mask: number): boolean {
  return (mask & (1 << 2)) !== 0;
}
