// A board for the search for power sensors: made-up buses, a folder as the kernel's hwmon, a clock that the test turns.

import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PowerBoard } from '../../../hardware/power/power-board.js';
import type { FakeBus } from './fake-bus.js';

export interface FakeBoard extends PowerBoard {
  /** Waiting moves it, too. */
  clockMs: number;
  usedSeconds: number;
}

/** @param changes such as other buses than number 1 */
export function fakeBoard(bus: FakeBus | null, changes: Partial<PowerBoard> = {}): FakeBoard {
  const board: FakeBoard = {
    clockMs: 1_000,
    usedSeconds: 0,
    model: 'a computer',
    openI2c: (number) => (bus as FakeBus).open(number),
    listBuses: async () => (bus === null ? [] : [1]),
    hwmonFolder: '/nonexistent/hwmon',
    cpuSeconds: () => board.usedSeconds,
    nowMs: () => board.clockMs,
    wait: async (ms) => {
      board.clockMs += ms;
    },
    ...changes,
  };
  return board;
}

export interface HwmonFolder {
  readonly path: string;
  /** @param files such as `{ name: 'ina219', power1_input: '2500000' }` */
  add(entry: string, files: Readonly<Record<string, string>>, device?: string): Promise<void>;
  remove(): Promise<void>;
}

export async function hwmonFolder(): Promise<HwmonFolder> {
  const path = await mkdtemp(join(tmpdir(), 'ringtmp-hwmon-'));
  return {
    path,
    add: async (entry, files, device) => {
      await mkdir(join(path, entry), { recursive: true });
      for (const [name, text] of Object.entries(files)) await writeFile(join(path, entry, name), `${text}\n`);
      if (device !== undefined) await symlink(`../../../${device}`, join(path, entry, 'device'));
    },
    remove: () => rm(path, { recursive: true }),
  };
}
