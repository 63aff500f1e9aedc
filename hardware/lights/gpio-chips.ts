// Where a board's pins are among the kernel's numbers. Each chip has a base, which differs from kernel to kernel and
// from board to board (512 on many Pis, 571 on a Pi 5, 458 or 399 on older kernels): it is read, found by the chip's label.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const GPIO_ROOT = '/sys/class/gpio';
/** What the pins of a Raspberry Pi's header belong to: BCM2835 to BCM2711, and the RP1 of a Pi 5. */
export const HEADER_CHIPS: readonly string[] = ['pinctrl-bcm', 'pinctrl-rp1'];

export interface GpioChip {
  /** `pinctrl-bcm2711` */
  readonly label: string;
  /** The kernel's number of its line 0. */
  readonly base: number;
  readonly lines: number;
}

/** By base; none where the kernel has no GPIO in sysfs, or none that this process may see. */
export function findGpioChips(root = GPIO_ROOT): GpioChip[] {
  const folders = namesIn(root).filter((name) => /^gpiochip\d+$/.test(name));
  const chips = folders.map((name) => readChip(join(root, name)));
  return chips.filter((chip) => chip !== null).sort((a, b) => a.base - b.base);
}

/** @param labels how the label may begin */
export function chipLabelled(chips: readonly GpioChip[], labels: readonly string[]): GpioChip | undefined {
  return chips.find(({ label }) => labels.some((start) => label.startsWith(start)));
}

function readChip(folder: string): GpioChip | null {
  try {
    const [label = '', base, lines] = ['label', 'base', 'ngpio'].map((name) =>
      readFileSync(join(folder, name), 'utf8').trim(),
    );
    return { label, base: Number(base), lines: Number(lines) };
  } catch {
    return null; // it is being taken away
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
