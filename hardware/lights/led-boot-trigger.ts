// What lights an LED from the start of the board on, as its device tree says (bindings/leds/common.yaml): a trigger that was
// lost with a process that was killed can be given back by that alone, for the kernel keeps no memory of it.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const NO_TRIGGER = 'none';

/**
 * @param folder of the LED in /sys/class/leds
 * @returns `none` also where no device tree knows the LED
 */
export async function triggerAtBoot(folder: string, led: string): Promise<string> {
  const siblings = join(folder, 'device', 'of_node');
  for (const node of await readdir(siblings).catch(() => [])) {
    // The kernel calls an LED as its label says, or else as its node is called.
    const [name = ''] = node.split('@');
    const label = await property(join(siblings, node, 'label'));
    if ((label ?? name) === led) return (await property(join(siblings, node, 'linux,default-trigger'))) ?? NO_TRIGGER;
  }
  return NO_TRIGGER;
}

/** A text that ends in a zero byte. */
async function property(path: string): Promise<string | null> {
  const text = await readFile(path, 'latin1').catch(() => null);
  return text === null ? null : text.replace(/\0$/, '');
}
