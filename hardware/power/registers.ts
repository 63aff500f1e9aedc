// The registers of one chip on a bus, as its data sheet has them: big-endian, signed or not. Whatever goes wrong becomes
// an error that says where, and what to do.

import { placeName, transferError } from './i2c-errors.js';
import type { I2cPort } from './i2c-port.js';

export interface Registers {
  /** For people: `i2c-1 at 0x40`. */
  readonly where: string;
  /** 16 bits, unsigned. */
  read(register: number): Promise<number>;
  write(register: number, value: number): Promise<void>;
  /** More than 16 bits, unsigned, at most 48. */
  readLong(register: number, bytes: number): Promise<number>;
}

/** @param port of bus number `bus` */
export function registersOf(port: I2cPort, bus: number, address: number): Registers {
  const guarded = async <Result>(transfer: Promise<Result>): Promise<Result> => {
    try {
      return await transfer;
    } catch (error) {
      throw transferError(error, bus, address);
    }
  };
  return {
    where: placeName(bus, address),
    read: async (register) => swapped(await guarded(port.readWord(address, register))),
    write: (register, value) => guarded(port.writeWord(address, register, swapped(value))),
    readLong: async (register, bytes) => {
      return fromBigEndian(await guarded(port.readBlock(address, register, bytes)));
    },
  };
}

/** SMBus sends the low byte first, these chips the high one. */
export function swapped(word: number): number {
  return ((word & 0xff) << 8) | (word >> 8);
}

/** Two's complement. */
export function signed(value: number, bits: number): number {
  return value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}

export function fromBigEndian(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
