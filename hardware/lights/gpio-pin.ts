// A pin as an output, by onoff, which is native code and loaded only when a pin is wanted.

import { HardwareError } from '../../errors.js';

export interface Pin {
  write(value: 0 | 1): Promise<void>;
  writeSync(value: 0 | 1): void;
  unexport(): void;
}

/** @param line the kernel's number of it; the pin begins dark */
export type OpenPin = (line: number, activeLow: boolean) => Promise<Pin>;

/** @throws HardwareError where onoff is not there, and whatever sysfs says */
export const openPin: OpenPin = async (line, activeLow) => {
  const { Gpio } = await import('onoff').catch((cause) => {
    throw new HardwareError('the package onoff, which drives GPIO pins, is not installed or was not compiled', {
      remedy: 'Install a compiler and run `npm install onoff`, or use an LED of the kernel: lights: [{ led: NAME }].',
      cause,
    });
  });
  // `high` and `low` are levels of the wire, whatever is active (gpiolib-sysfs.c, direction_store): dark from the start.
  return new Gpio(line, activeLow ? 'high' : 'low', 'none', { activeLow });
};
