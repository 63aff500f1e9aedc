// The one file that knows the package i2c-bus: without the package, without a bus, and against the package's habits.

import { expect } from 'chai';
import { HardwareError } from '../../../errors.js';
import { i2cBusOpener } from '../../../hardware/power/i2c-bus.js';
import { transferError } from '../../../hardware/power/i2c-errors.js';
import { systemError } from '../../support/power/fake-bus.js';
import { rejectionOf } from '../../transport/inbox.js';

/** Beyond all that a machine may have. */
const NO_BUS = 250;

describe('i2c-bus', () => {
  it('says what to do where it is not installed', async () => {
    const open = i2cBusOpener(() => Promise.reject(new Error('Cannot find package')));
    const error = await rejectionOf(open(1));
    expect(error).to.be.instanceOf(HardwareError);
    expect(error.remedy).to.contain('npm install i2c-bus');
  });

  it('tells of a bus that is not there at the first transfer', async function () {
    const port = await i2cBusOpener()(NO_BUS).catch((error) => {
      if (error instanceof HardwareError) return null;
      throw error;
    });
    if (port === null) return this.skip(); // npm left it out: it is native code
    const error = transferError(await rejectionOf(port.readWord(0x40, 0)), NO_BUS, 0x40);
    expect(error.message).to.equal(`there is no I2C bus ${NO_BUS}, no /dev/i2c-${NO_BUS}`);
    await port.close();
  });

  it('never speaks again to an address that the kernel keeps for a driver', async () => {
    let transfers = 0;
    const bus = {
      readWord: async () => {
        transfers++;
        throw systemError('EBUSY');
      },
      writeWord: async () => void transfers++,
      readI2cBlock: async (_address: number, _command: number, length: number) => {
        transfers++;
        return { bytesRead: Math.min(length, 3) };
      },
      close: async () => {},
    };
    const open = i2cBusOpener(async () => ({ openPromisified: async () => bus }));
    const port = await open(1);
    expect((await rejectionOf(port.readWord(0x40, 0))).code).to.equal('EBUSY');
    for (const next of [port.readWord(0x40, 0), port.writeWord(0x40, 0, 1), port.readBlock(0x40, 0, 3)]) {
      expect((await rejectionOf(next)).code).to.equal('EBUSY');
    }
    expect(transfers).to.equal(1);
    expect(await port.readBlock(0x41, 0, 3)).to.have.length(3);
    expect((await rejectionOf(port.readBlock(0x41, 0, 5))).message).to.equal('3 bytes came, and not 5');
  });
});
