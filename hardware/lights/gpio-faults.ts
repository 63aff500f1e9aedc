// Why a pin cannot be used, and what to do about it: what sysfs answers, in words.

import { HardwareError } from '../../errors.js';
import { GPIO_ROOT, type GpioChip } from './gpio-chips.js';

const USE_AN_LED =
  'let the kernel drive it: `dtoverlay=gpio-led,gpio=17,label=ringtmp` in /boot/firmware/config.txt, and lights: [{ led: ringtmp }]';

export function noSysfs(root: string): HardwareError {
  return new HardwareError(`this kernel has no GPIO in ${root}`, {
    remedy: `Have the pins of a light driven otherwise: ${USE_AN_LED}.`,
  });
}

export function noChip(labels: readonly string[], chips: readonly GpioChip[]): HardwareError {
  const there = chips.length === 0 ? 'there is none at all' : `there are ${chips.map(({ label }) => label).join(', ')}`;
  return new HardwareError(`no GPIO chip has a label that begins with ${labels.join(' or ')}: ${there}`, {
    remedy: 'Name the chip that the light is wired to: lights: [{ gpio: 17, chip: LABEL }].',
  });
}

export function noLine(gpio: number, { label, lines }: GpioChip): HardwareError {
  return new HardwareError(`gpio ${gpio} does not exist: ${label} has lines 0 to ${lines - 1}`, {
    remedy: 'Count as the pinout does: GPIO17 is 17, whichever pin of the header it is.',
  });
}

/** @param line as the kernel counts, where that helps */
export function pinFault(name: string, line: number | null, cause: unknown): HardwareError {
  if (cause instanceof HardwareError) return cause;
  const { code = '', message = String(cause) } = cause as NodeJS.ErrnoException;
  const [what, remedy] = FAULTS[code] ?? [message, 'See what the kernel says: `dmesg | tail`.'];
  const as = line === null ? '' : ` (line ${line} of the kernel)`;
  return new HardwareError(`${name}${as}: ${what}`, { remedy, cause });
}

const MAY_NOT: readonly [string, string] = [
  'this process may not use it',
  `Add its user to the group gpio, \`sudo usermod -aG gpio USER\`, and log in anew; where the group owns nothing in ${GPIO_ROOT}, \`sudo ringtmp install agent\` brings the udev rule.`,
];

/** By what the kernel answers (gpiolib-sysfs.c). */
const FAULTS: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  EACCES: MAY_NOT,
  EPERM: MAY_NOT,
  EROFS: [
    '/sys is read-only for this process',
    'In its systemd unit, add ReadWritePaths=/sys/class/gpio /sys/devices/platform, which ProtectKernelTunables=yes takes away.',
  ],
  EBUSY: [
    'it is in use by a driver or another program',
    'See by whom, `sudo cat /sys/kernel/debug/gpio`; switch that off in /boot/firmware/config.txt, or wire the light to another pin.',
  ],
  EINVAL: ['there is no such line', 'Name a line that the chip has: `ringtmp doctor` lists them.'],
  ENOENT: ['this kernel has no GPIO in sysfs', `Have it driven otherwise: ${USE_AN_LED}.`],
  ENODEV: [
    'it was taken away: another program unexported it',
    'Let no other program use the pin, and start the agent anew.',
  ],
  EIO: ['its chip does not answer', 'Take a line of another chip: `ringtmp doctor` lists them.'],
};
