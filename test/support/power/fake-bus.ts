// An I2C bus of made-up chips, at the seam to i2c-bus: words with the low byte first, errors as the kernel gives them.

import type { I2cPort, OpenI2cPort } from '../../../hardware/power/i2c-port.js';

/** Registers as the data sheets number them, values as they write them. */
export interface FakeChip {
  read(register: number): number;
  write(register: number, value: number): void;
  /** Bytes of a register that is longer than a word; 2 unless told. */
  readonly lengths?: Readonly<Record<number, number>>;
}

export type Traced = readonly ['read' | 'write', register: number, value: number];

export interface FakeBus {
  readonly open: OpenI2cPort;
  /** What passed, in order. */
  readonly trace: Traced[];
  /** The next transfers, to whomever, end in this. */
  failing: NodeJS.ErrnoException | null;
  readonly openPorts: number;
}

export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}, fake`), { code });
}

/** @param chips by address; the others do not answer */
export function fakeBus(chips: Readonly<Record<number, FakeChip>>, bus = 1): FakeBus {
  let openPorts = 0;
  const fake = {
    trace: [] as Traced[],
    failing: null as NodeJS.ErrnoException | null,
    get openPorts() {
      return openPorts;
    },
    open: async (number: number): Promise<I2cPort> => {
      const chipAt = (address: number): FakeChip => {
        if (number !== bus) throw systemError('ENOENT');
        if (fake.failing) throw fake.failing;
        const chip = chips[address];
        if (chip === undefined) throw systemError('EREMOTEIO');
        return chip;
      };
      const read = (address: number, register: number): number => {
        const value = chipAt(address).read(register);
        fake.trace.push(['read', register, value]);
        return value;
      };
      openPorts++;
      return {
        readWord: async (address, register) => swap(read(address, register)),
        writeWord: async (address, register, word) => {
          chipAt(address).write(register, swap(word));
          fake.trace.push(['write', register, swap(word)]);
        },
        readBlock: async (address, register, length) => {
          const own = chipAt(address).lengths?.[register] ?? 2;
          if (own !== length) throw new Error(`register ${register} has ${own} bytes, not ${length}`);
          const digits = read(address, register)
            .toString(16)
            .padStart(2 * length, '0');
          return Buffer.from(digits, 'hex');
        },
        close: async () => {
          openPorts--;
        },
      };
    },
  };
  return fake;
}

function swap(word: number): number {
  return Buffer.from([word & 0xff, word >> 8]).readUInt16BE();
}
