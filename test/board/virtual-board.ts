// A board that is a process: QEMU computes its processor, and a real kernel and a real systemd run on it. What it proves is
// that things work there, never how fast.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { BoardImage } from './board-image.js';
import { type BoardShell, openShell } from './board-shell.js';

export interface BoardParts {
  readonly image: BoardImage;
  /** Raw, this board's own copy of the image's root: it stays when the power is cut. */
  readonly disk: string;
  /** Raw, with a FAT file system that is labelled BOOTFS. */
  readonly bootPartition: string;
  /** A folder of the host that the board sees as /mnt/share. */
  readonly share: string;
  /** Where what its kernel prints goes. */
  readonly consoleFile: string;
}

export interface VirtualBoard extends BoardShell {
  /** At once, as by pulling the plug. */
  cutPower(): Promise<void>;
}

/** Under which the board reaches the host's loopback. */
export const HOST_FROM_BOARD = '10.0.2.2';
const MEMORY_MB = 512;
const BOOT_MS = 300_000;

/** @throws Error with the end of the kernel's output when it does not boot */
export async function boot(parts: BoardParts): Promise<VirtualBoard> {
  // Whatever happens to this process, the board does not outlive it.
  const command = ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...qemuArguments(parts)];
  const qemu = spawn('setpriv', command, { stdio: ['pipe', 'pipe', 'inherit'] });
  qemu.stdin.on('error', () => {}); // the power was cut
  const ended = once(qemu, 'exit');
  const gone = ended.then(async ([code]) => {
    throw new Error(`the virtual board ended (${code}):\n${await tail(parts.consoleFile)}`);
  });
  gone.catch(() => {}); // whoever waits for the board handles it
  const shell = openShell(qemu.stdin, qemu.stdout, gone);
  const cutPower = async () => {
    qemu.kill('SIGKILL');
    await ended;
  };
  const timer = setTimeout(cutPower, BOOT_MS);
  await shell.ready.finally(() => clearTimeout(timer));
  return { ...shell, cutPower };
}

function qemuArguments({ image, disk, bootPartition, share, consoleFile }: BoardParts): string[] {
  // The host outlives a power cut of the board, and keeps what the board has written.
  const drive = (file: string) => ['-drive', `file=${file},format=raw,if=virtio,cache=unsafe`];
  return [
    ...['-machine', 'q35', '-accel', 'tcg,tb-size=256', '-cpu', 'max', '-smp', '2', '-m', String(MEMORY_MB)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', `file:${consoleFile}`],
    ...['-kernel', image.kernel, '-initrd', image.initrd],
    ...['-append', 'console=ttyS0 quiet panic=-1 mitigations=off systemd.show_status=0 rw'],
    ...[...drive(disk), ...drive(bootPartition)],
    ...['-virtfs', `local,path=${share},mount_tag=share,security_model=none,id=share`],
    ...['-netdev', 'user,id=net', '-device', 'virtio-net-pci,netdev=net,romfile='],
    ...['-device', 'virtio-serial-pci', '-chardev', 'stdio,id=shell,signal=off'],
    ...['-device', 'virtserialport,chardev=shell,name=board.shell'],
  ];
}

async function tail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-20).join('\n');
}
