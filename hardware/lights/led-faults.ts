// Why an LED of the kernel cannot be used, and what to do about it.

import { HardwareError } from '../../errors.js';

/** @param there the LEDs that there are, where that helps */
export function ledFault(led: string, there: readonly string[], cause: unknown): HardwareError {
  const { code, message = String(cause) } = cause as NodeJS.ErrnoException;
  const [what, remedy] = describe(led, there, code) ?? [message, 'See what the kernel says: `dmesg | tail`.'];
  return new HardwareError(`led ${led}: ${what}`, { remedy, cause });
}

function describe(led: string, there: readonly string[], code = ''): readonly [what: string, remedy: string] | null {
  const others = there.filter((each) => each !== led);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return [
        `there is no such LED${others.length === 0 ? '' : `; there are ${others.join(', ')}`}`,
        `Have the kernel make one of a pin, \`dtoverlay=gpio-led,gpio=17,label=${led}\` in /boot/firmware/config.txt, and start the board anew.`,
      ];
    case 'EACCES':
    case 'EPERM':
      return [
        'this process may not use it',
        'Give its files to the group gpio and add the user to it, `sudo usermod -aG gpio USER`: `sudo ringtmp install agent` brings the udev rule.',
      ];
    case 'EROFS':
      return [
        '/sys is read-only for this process',
        'In its systemd unit, add ReadWritePaths=/sys/class/leds /sys/devices/platform, which ProtectKernelTunables=yes takes away.',
      ];
    case 'EBUSY':
      return [
        'another program holds it',
        `Let go of it there: \`cat /sys/class/leds/${led}/trigger\` tells what lights it.`,
      ];
    default:
      return null;
  }
}
