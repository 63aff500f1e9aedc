// What the kernel's errors mean for somebody who has wired a sensor to a board.

import { HardwareError } from '../../errors.js';

/** Nothing acknowledged: which code that is depends on the adapter's driver. */
const NOBODY_ANSWERS = ['ENXIO', 'EREMOTEIO', 'ENODEV', 'EIO'];
const IS_DENIED = ['EACCES', 'EPERM'];

const REMEDIES = {
  denied:
    'Add the user that runs the agent to the group i2c, `sudo usermod -aG i2c <user>`, and log in anew; of a service allow `/dev/i2c-*` in its unit (SupplementaryGroups=i2c, DeviceAllow=char-i2c rw).',
  missing:
    'Switch I2C on: `sudo raspi-config nonint do_i2c 0` on a Raspberry Pi, `sudo modprobe i2c-dev` elsewhere; `ls /dev/i2c-*` shows what is there.',
  nobody:
    'Check the wiring (SDA, SCL, 3.3 V and ground) and the address: `i2cdetect -y <bus>` shows who answers. Or leave it to `sensor: auto`.',
  busy: "A driver of the kernel has the chip: read it through that with `sensor: { type: hwmon }`, or take the chip's dtoverlay out of /boot/firmware/config.txt.",
  stuck: 'Something holds the bus: check the wiring and its length, then switch the board off and on.',
  blocks: 'This adapter reads words alone, and an INA228 needs blocks: put the sensor on another bus.',
} as const;

export function placeName(bus: number, address: number): string {
  return `i2c-${bus} at 0x${address.toString(16)}`;
}

/** @param address of the chip; none where the bus itself was opened */
export function transferError(error: unknown, bus: number, address?: number): HardwareError {
  if (error instanceof HardwareError) return error;
  const where = address === undefined ? `i2c-${bus}` : placeName(bus, address);
  const [message, remedy] = explained((error as NodeJS.ErrnoException).code ?? '', bus, where);
  return new HardwareError(message ?? `${where}: ${(error as Error).message}`, { remedy, cause: error });
}

function explained(code: string, bus: number, where: string): [message: string | null, remedy: string] {
  if (IS_DENIED.includes(code)) return [`this process may not open /dev/i2c-${bus}`, REMEDIES.denied];
  if (code === 'ENOENT') return [`there is no I2C bus ${bus}, no /dev/i2c-${bus}`, REMEDIES.missing];
  if (code === 'EBUSY') return [`a driver of the kernel owns the chip on ${where}`, REMEDIES.busy];
  if (code === 'ETIMEDOUT' || code === 'EAGAIN') return [`the bus of ${where} does not move (${code})`, REMEDIES.stuck];
  if (code === 'EOPNOTSUPP' || code === 'ENOTSUP') return [`${where} cannot be read so (${code})`, REMEDIES.blocks];
  if (NOBODY_ANSWERS.includes(code)) return [`nobody answers on ${where} (${code})`, REMEDIES.nobody];
  return [null, REMEDIES.nobody];
}

export function isNobody(error: unknown): boolean {
  return NOBODY_ANSWERS.includes(codeOf(error));
}

/** Of the whole bus, so that there is no use in trying its other addresses. */
export function isOfBus(error: unknown): boolean {
  return [...IS_DENIED, 'ENOENT', 'ETIMEDOUT', 'EAGAIN'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code ?? '';
}
