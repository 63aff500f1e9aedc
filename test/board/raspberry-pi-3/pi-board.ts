// A Raspberry Pi 3 B as QEMU emulates it: its processor, its SD card, its pins. On it run Debian's arm64 kernel and Debian with
// RingTMP. It has no network, and its one wire is console and shell.

import { execFile } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildDebianPackage } from '../../support/debian-package.js';
import { BOARD_SOURCES, boardBuilder, CACHE, cachedImage } from '../image-cache.js';
import { startQemu, type VirtualBoard } from '../qemu.js';
import { type Monitor, openMonitor } from './qmp.js';

export interface PiBoard extends VirtualBoard {
  readonly monitor: Monitor;
}

const SOURCES = join(BOARD_SOURCES, 'raspberry-pi-3');
const RECIPE = {
  folder: join(SOURCES, 'recipe'),
  alsoFrom: join(BOARD_SOURCES, 'recipe/guest/usr/local/sbin'),
  cache: join(CACHE, 'raspberry-pi-3'),
};
const MODULES = resolve(BOARD_SOURCES, '../../node_modules');
const BOOT_MS = 600_000;
const run = promisify(execFile);

export const PI_BUILDER = boardBuilder(join(SOURCES, 'debian-packages'));

/** The board is on; its card is of its own. @throws Error with the end of the kernel's output when it does not boot */
export async function powerOnPi(): Promise<PiBoard> {
  const image = await cachedImage(RECIPE);
  const folder = await mkdtemp(join(tmpdir(), 'ringtmp-pi-'));
  const [card, socket, consoleFile] = ['card.img', 'monitor', 'console.log'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await run(join(RECIPE.folder, 'card.sh'), [image, await buildDebianPackage(folder), MODULES, card]);
  const board = await startQemu({
    program: 'qemu-system-aarch64',
    args: qemuArguments(image, card, socket),
    consoleFile,
    bootMs: BOOT_MS,
    onOutput: (output) => output.pipe(createWriteStream(consoleFile)),
  });
  const monitor = await openMonitor(socket);
  const cutPower = async () => {
    monitor.close();
    await board.cutPower();
    await rm(folder, { recursive: true });
  };
  return { ...board, monitor, cutPower };
}

function qemuArguments(image: string, card: string, socket: string): string[] {
  const file = (name: string) => join(image, name);
  return [
    ...['-machine', 'raspi3b', '-accel', 'tcg,tb-size=256', '-m', '1024'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot'],
    ...['-kernel', file('vmlinuz'), '-initrd', file('initrd.gz'), '-dtb', file('board.dtb')],
    ...['-append', 'console=ttyS1,115200 quiet panic=-1 systemd.show_status=0 rw'],
    ...['-drive', `file=${card},format=raw,if=sd,cache=unsafe`],
    // The first is the Bluetooth chip's, the second what Linux calls ttyS1.
    ...['-serial', 'null', '-chardev', 'stdio,id=shell,signal=off', '-serial', 'chardev:shell'],
    ...['-qmp', `unix:${socket},server=on,wait=off`],
  ];
}
