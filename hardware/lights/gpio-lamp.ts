// A lamp on a pin of the board.

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chipLabelled, findGpioChips, GPIO_ROOT, type GpioChip, HEADER_CHIPS } from './gpio-chips.js';
import { noChip, noLine, noSysfs, pinFault } from './gpio-faults.js';
import { type OpenPin, openPin, type Pin } from './gpio-pin.js';
import type { Lamp } from './lamp.js';

export interface GpioLampSettings {
  /** The line on its chip: 17 for GPIO17. */
  readonly gpio: number;
  /** Lit when the pin is low. */
  readonly activeLow: boolean;
  /** How the label of its chip begins; the chip of a Raspberry Pi's header unless told. */
  readonly chip?: string | undefined;
}

export interface GpioSystem {
  readonly gpioRoot?: string;
  readonly openPin?: OpenPin;
  /** Of a line, by the kernel's number. */
  readonly unexport?: (line: number) => void;
}

/**
 * @param inherits of the agent, whose pin it is: one that is exported already was left so by an agent that was killed
 * @throws HardwareError when there is no such chip or line, it is in use, or this process may not use it
 */
export async function openGpioLamp(
  settings: GpioLampSettings,
  system: GpioSystem = {},
  inherits = false,
): Promise<Lamp> {
  const { gpio, activeLow } = settings;
  const { gpioRoot = GPIO_ROOT } = system;
  const name = gpioName(settings);
  const line = chipOf(settings, gpioRoot).base + gpio;
  const isExported = () => existsSync(join(gpioRoot, `gpio${line}`));
  // Where it was exported before, somebody else may use it still: the agent itself, while `ringtmp doctor` looks.
  const wasExported = isExported();
  try {
    const pin = await (system.openPin ?? openPin)(line, activeLow);
    return new GpioLamp(name, pin, inherits || !wasExported);
  } catch (cause) {
    if (!wasExported && isExported()) giveBack(line, gpioRoot, system);
    throw pinFault(name, line, cause);
  }
}

/** onoff exports a pin before it finds that it may not use it. */
function giveBack(line: number, gpioRoot: string, { unexport }: GpioSystem): void {
  try {
    if (unexport) unexport(line);
    else writeFileSync(join(gpioRoot, 'unexport'), String(line));
  } catch {
    // why the pin cannot be had says more
  }
}

export function gpioName({ gpio, chip }: Pick<GpioLampSettings, 'gpio' | 'chip'>): string {
  return chip === undefined ? `gpio ${gpio}` : `gpio ${gpio} of ${chip}`;
}

function chipOf({ gpio, chip }: GpioLampSettings, gpioRoot: string): GpioChip {
  if (!existsSync(gpioRoot)) throw noSysfs(gpioRoot);
  const chips = findGpioChips(gpioRoot);
  const labels = chip === undefined ? HEADER_CHIPS : [chip];
  const found = chipLabelled(chips, labels);
  if (!found) throw noChip(labels, chips);
  if (gpio >= found.lines) throw noLine(gpio, found);
  return found;
}

class GpioLamp implements Lamp {
  private isOpen = true;

  constructor(
    readonly name: string,
    private readonly pin: Pin,
    private readonly isOurs: boolean,
  ) {}

  async set(lit: boolean): Promise<void> {
    try {
      await this.pin.write(lit ? 1 : 0);
    } catch (cause) {
      throw pinFault(this.name, null, cause);
    }
  }

  async close(): Promise<void> {
    if (!this.isOpen) return;
    try {
      await this.set(false);
    } finally {
      this.release();
    }
  }

  putOut(): void {
    if (!this.isOpen) return;
    try {
      this.pin.writeSync(0);
    } catch {
      // the process ends: there is nobody to tell
    }
    this.release();
  }

  /** Without unexporting onoff cannot let go of a pin: its descriptor then ends with the process. */
  private release(): void {
    this.isOpen = false;
    try {
      if (this.isOurs) this.pin.unexport();
    } catch {
      // it is gone already
    }
  }
}
