// A lamp that the kernel drives: whatever stands in /sys/class/leds, such as what `dtoverlay=gpio-led,label=ringtmp`
// makes of a pin. It needs no native code, and is there on kernels that have no GPIO in sysfs any more. While we have
// it, its trigger is `none`, so that nothing else lights it (Documentation/leds/leds-class.rst).

import { readdirSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HardwareError } from '../../errors.js';
import type { Lamp } from './lamp.js';
import { triggerAtBoot } from './led-boot-trigger.js';
import { ledFault } from './led-faults.js';

export const LED_ROOT = '/sys/class/leds';
const NO_TRIGGER = 'none';
const DARK = '0';

/** The names of all LEDs; none where the kernel has none. */
export function findLeds(root = LED_ROOT): string[] {
  try {
    return readdirSync(root).sort();
  } catch {
    return [];
  }
}

/**
 * @param inherits of the agent, whose LED it is: one without a trigger may have lost it to an agent that was killed
 * @throws HardwareError when there is no such LED, or this process may not use it
 */
export async function openLedLamp(led: string, root = LED_ROOT, inherits = false): Promise<Lamp> {
  const folder = join(root, led);
  try {
    const bright = (await readFile(join(folder, 'max_brightness'), 'utf8')).trim();
    const found = await activeTrigger(folder);
    const trigger = inherits && found === NO_TRIGGER ? await triggerAtBoot(folder, led) : found;
    // First what is refused to those who may not: a trigger that is taken is then ours to give back.
    await writeFile(join(folder, 'brightness'), DARK);
    if (trigger !== null) await writeFile(join(folder, 'trigger'), NO_TRIGGER);
    return new LedLamp(led, folder, bright, trigger);
  } catch (cause) {
    throw ledFault(led, findLeds(root), cause);
  }
}

/** The one in brackets, `none [mmc0] timer`; null for an LED that takes none. */
async function activeTrigger(folder: string): Promise<string | null> {
  try {
    return /\[(.+?)\]/.exec(await readFile(join(folder, 'trigger'), 'utf8'))?.[1] ?? NO_TRIGGER;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

class LedLamp implements Lamp {
  readonly name: string;
  private isOpen = true;
  private closed: Promise<void> | null = null;
  private readonly brightness: string;

  constructor(
    private readonly led: string,
    private readonly folder: string,
    private readonly bright: string,
    private readonly trigger: string | null,
  ) {
    this.name = `led ${led}`;
    this.brightness = join(folder, 'brightness');
  }

  async set(lit: boolean): Promise<void> {
    try {
      await writeFile(this.brightness, lit ? this.bright : DARK);
    } catch (cause) {
      throw ledFault(this.led, [], cause);
    }
  }

  close(): Promise<void> {
    this.closed ??= this.giveBack();
    return this.closed;
  }

  /** It is ours until all is done: the process may end meanwhile. */
  private async giveBack(): Promise<void> {
    if (!this.isOpen) return;
    try {
      await this.set(false);
      if (this.isOpen && this.trigger !== null) await writeFile(join(this.folder, 'trigger'), this.trigger);
    } catch (cause) {
      throw cause instanceof HardwareError ? cause : ledFault(this.led, [], cause);
    } finally {
      this.isOpen = false;
    }
  }

  putOut(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    try {
      writeFileSync(this.brightness, DARK);
      if (this.trigger !== null) writeFileSync(join(this.folder, 'trigger'), this.trigger);
    } catch {
      // the process ends: there is nobody to tell
    }
  }
}
