// A folder that looks like what the kernel shows of GPIO chips and LEDs, and pins that behave as onoff's do on it.

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findGpioChips, type GpioChip } from '../../hardware/lights/gpio-chips.js';
import type { OpenPin } from '../../hardware/lights/gpio-pin.js';

export interface LedFiles {
  readonly trigger?: string | null;
  readonly maxBrightness?: number;
}

export interface FakeSysfs {
  readonly gpioRoot: string;
  readonly ledRoot: string;
  readonly openPin: OpenPin;
  readonly unexport: (line: number) => void;
  addChip(chip: GpioChip): void;
  addLed(led: string, files?: LedFiles): void;
  /** What the device tree says of an LED; `label` where that is not its node's name. */
  addToTree(led: string, node: string, properties: Readonly<Record<string, string>>): void;
  /** The level of the wire of a line that was exported. */
  level(line: number): 0 | 1 | undefined;
  isExported(line: number): boolean;
  /** As another program would. */
  exportLine(line: number): void;
  /** From now on the kernel answers so for that line: when it is exported, or written to. */
  refuse(line: number, code: string): void;
  led(name: string, file: 'brightness' | 'trigger'): string;
}

export function fakeSysfs(folder: string): FakeSysfs {
  const [gpioRoot, ledRoot] = [join(folder, 'gpio'), join(folder, 'leds')];
  mkdirSync(gpioRoot);
  mkdirSync(ledRoot);
  const levels = new Map<number, 0 | 1>();
  const refusals = new Map<number, string>();
  const lineFolder = (line: number) => join(gpioRoot, `gpio${line}`);
  const check = (line: number): void => {
    const code = isLine(findGpioChips(gpioRoot), line) ? refusals.get(line) : 'EINVAL';
    if (code) throw Object.assign(new Error(`${code}: made up`), { code });
  };
  const openPin: OpenPin = async (line, activeLow) => {
    if (refusals.get(line) !== 'EACCES') check(line); // the kernel exports it, and only then it may not be opened
    mkdirSync(lineFolder(line), { recursive: true });
    const put = (value: 0 | 1): void => {
      check(line);
      levels.set(line, (value === 1) === activeLow ? 0 : 1);
    };
    put(0);
    return {
      write: async (value) => put(value),
      writeSync: put,
      unexport: () => unexport(line),
    };
  };
  const unexport = (line: number): void => rmSync(lineFolder(line), { recursive: true });
  return {
    gpioRoot,
    ledRoot,
    openPin,
    unexport,
    addChip: ({ label, base, lines }) => {
      const files = { label: `${label}\n`, base: `${base}\n`, ngpio: `${lines}\n` };
      writeFiles(join(gpioRoot, `gpiochip${base}`), files);
    },
    addLed: (led, { trigger = '[none] timer heartbeat', maxBrightness = 255 } = {}) => {
      const files = {
        brightness: '0\n',
        max_brightness: `${maxBrightness}\n`,
        ...(trigger !== null && { trigger: `${trigger}\n` }),
      };
      writeFiles(join(ledRoot, led), files);
    },
    addToTree: (led, node, properties) => {
      const texts = Object.entries(properties).map(([name, text]) => [name, `${text}\0`]);
      mkdirSync(join(ledRoot, led, 'device', 'of_node'), { recursive: true });
      writeFiles(join(ledRoot, led, 'device', 'of_node', node), Object.fromEntries(texts));
    },
    level: (line) => levels.get(line),
    isExported: (line) => existsSync(lineFolder(line)),
    exportLine: (line) => mkdirSync(lineFolder(line)),
    refuse: (line, code) => refusals.set(line, code),
    led: (name, file) => readFileSync(join(ledRoot, name, file), 'utf8').trim(),
  };
}

function isLine(chips: readonly GpioChip[], line: number): boolean {
  return chips.some(({ base, lines }) => line >= base && line < base + lines);
}

function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}
