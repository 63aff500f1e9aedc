// A board that is a process: QEMU computes its processor, and a real kernel and a real systemd run on it. What it proves is
// that things work there, never how fast.

import type { BoardImage } from './board-image.js';
import { startQemu, type VirtualBoard } from './qemu.js';

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

/** Under which the board reaches the host's loopback. */
export const HOST_FROM_BOARD = '10.0.2.2';
const MEMORY_MB = 512;
const BOOT_MS = 300_000;

/** @throws Error with the end of the kernel's output when it does not boot */
export function boot(parts: BoardParts): Promise<VirtualBoard> {
  const { consoleFile } = parts;
  return startQemu({ program: 'qemu-system-x86_64', args: qemuArguments(parts), consoleFile, bootMs: BOOT_MS });
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
