// Has the kernel blink an LED by itself, for a board on which no process of ours will run that could: its trigger `timer`
// needs nobody (Documentation/leds/leds-class.rst, "Hardware accelerated blink of LEDs"). Only LEDs of the kernel: a pin
// is driven for those alone whose settings name it.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findLeds, LED_ROOT } from './led-lamp.js';
import { lightsOf } from './open-lights.js';

/** What Raspberry Pis have on board: the activity of the card; `led0` until Linux 6.1. */
const ON_BOARD = ['ACT', 'led0'];
/** The long flashes of the pattern `error`; the kernel knows no pause after three. */
const LIT_MS = 500;
const DARK_MS = 250;

/** @returns the LEDs that blink from now on, until the board starts anew: ours, or else the board's own */
export async function blinkByKernel(ledRoot = LED_ROOT): Promise<string[]> {
  const ours = lightsOf('auto', { ledRoot }).flatMap(({ led }) => led ?? []);
  const leds = ours.length > 0 ? ours : findLeds(ledRoot).filter((led) => ON_BOARD.includes(led));
  const blinking: string[] = [];
  for (const led of leds) if (await blink(join(ledRoot, led))) blinking.push(led);
  return blinking;
}

/** Not where the kernel has no such trigger, or we may not choose it: nothing depends on it. */
async function blink(folder: string): Promise<boolean> {
  try {
    await writeFile(join(folder, 'trigger'), 'timer');
    await writeFile(join(folder, 'delay_on'), `${LIT_MS}`);
    await writeFile(join(folder, 'delay_off'), `${DARK_MS}`);
    return true;
  } catch {
    return false;
  }
}
