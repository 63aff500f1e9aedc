// Real I2C buses, through the package i2c-bus, which is loaded here and only here: it is native code and need not be
// installed.

import { HardwareError } from '../../errors.js';
import type { I2cPort, OpenI2cPort } from './i2c-port.js';

type Load = () => Promise<typeof import('i2c-bus')>;

/** @throws HardwareError when the package is not installed; the port then gives errors of the system, with their code */
export function i2cBusOpener(load: Load = () => import('i2c-bus')): OpenI2cPort {
  return async (bus) => {
    const { openPromisified } = await load().catch(notInstalled);
    const opened = await openPromisified(bus);
    const refused = new Map<number, unknown>();

    /**
     * i2c-bus keeps a file of whose address the kernel said no (EBUSY), and would go on to speak through it to whatever
     * address 0 is: so the first no is the last word.
     */
    async function at<Result>(address: number, transfer: () => Promise<Result>): Promise<Result> {
      if (refused.has(address)) throw refused.get(address);
      try {
        return await transfer();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EBUSY') refused.set(address, error);
        throw error;
      }
    }

    return {
      readWord: (address, register) => at(address, () => opened.readWord(address, register)),
      writeWord: (address, register, word) => at(address, () => opened.writeWord(address, register, word)),
      readBlock: (address, register, length) => {
        const buffer = Buffer.alloc(length);
        return at(address, async () => {
          const { bytesRead } = await opened.readI2cBlock(address, register, length, buffer);
          if (bytesRead !== length) throw new Error(`${bytesRead} bytes came, and not ${length}`);
          return buffer;
        });
      },
      close: () => opened.close(),
    } satisfies I2cPort;
  };
}

function notInstalled(cause: unknown): never {
  throw new HardwareError('the package i2c-bus, which reads I2C buses, is not installed here or was not compiled', {
    remedy: 'Install it where ringtmp is: `npm install i2c-bus` (it needs make and g++).',
    cause,
  });
}
