// What every chip on the bus owes besides: it mends itself after a brown-out, and takes no figure for one that is none.

import { expect } from 'chai';
import { HardwareError } from '../../../errors.js';
import type { ChipType } from '../../../hardware/power/settings.js';
import { fakeBoard } from '../../support/power/fake-board.js';
import { type FakeBus, systemError } from '../../support/power/fake-bus.js';
import { rejectionOf } from '../../transport/inbox.js';
import { type ChipBench, chipBench, openChip } from './benches.js';

/** INA260 and INA3221 have no calibration to lose; the others have it in this register. */
const CALIBRATION: Partial<Record<ChipType, number>> = { ina219: 5, ina226: 5, ina228: 2 };
/** Beyond what its converter can tell, over the shunt of the test. */
const BEYOND_A: Readonly<Record<ChipType, number>> = { ina219: 41, ina226: 42, ina228: 11, ina260: 42, ina3221: 83 };

/** Bits that another program may set otherwise: in each register that matters, an average, a range, a calibration. */
const CHANGES: Readonly<Record<ChipType, readonly (readonly [register: number, bits: number])[]>> = {
  ina219: [
    [0, 0x0008],
    [0, 0x0800],
    [5, 0x0100],
  ],
  ina226: [
    [0, 0x0200],
    [5, 0x0100],
  ],
  ina228: [
    [0, 0x0010],
    [1, 0x0001],
    [2, 0x0100],
  ],
  ina260: [[0, 0x0200]],
  ina3221: [
    [0, 0x4000],
    [0, 0x0200],
  ],
};

const writesOf = ({ trace }: FakeBus) => trace.filter(([kind]) => kind === 'write');

export function chipsContract(bench: () => ChipBench): void {
  it('is set up anew after a brown-out, calibration and averaging included', async () => {
    const { sensor, chip, bus, show, type } = bench();
    await show({ volts: 5, amps: 2 });
    const before = await sensor.read();
    const setUp = new Map(
      bus.trace.filter(([kind]) => kind === 'write').map(([, register]) => [register, chip.read(register)]),
    );
    chip.brownOut();
    const after = await sensor.read();
    expect(after.watts).to.equal(before.watts);
    const flags = type === 'ina228' ? [0x0b] : [];
    for (const [register, value] of setUp) if (!flags.includes(register)) expect(chip.read(register)).to.equal(value);
    const calibration = CALIBRATION[type];
    if (calibration !== undefined) expect(chip.read(calibration)).to.be.above(0);
  });

  it('is set up anew where another program has changed it, whatever it changed', async () => {
    const { sensor, chip, bus, show, type } = bench();
    await show({ volts: 5, amps: 2 });
    const before = await sensor.read();
    for (const [register, bits] of CHANGES[type]) {
      const wanted = chip.read(register);
      chip.write(register, wanted ^ bits);
      expect((await sensor.read()).watts, `register ${register}`).to.equal(before.watts);
      expect(chip.read(register)).to.equal(wanted);
    }
    bus.trace.length = 0;
    await sensor.read();
    expect(writesOf(bus), 'once it is as wanted').to.deep.equal([]);
  });

  it('is written nothing when it is opened again with the same settings', async () => {
    const { type, chip, bus, nowMs } = bench();
    bus.trace.length = 0;
    const { sensor } = await openChip(type, fakeBoard(bus, { nowMs }));
    expect((await sensor.read()).watts).to.be.above(0);
    expect(writesOf(bus)).to.deep.equal([]);
    chip.brownOut();
    await openChip(type, fakeBoard(bus, { nowMs }));
    expect(writesOf(bus)).to.not.deep.equal([]);
  });

  it('waits for a conversion to end', async () => {
    const { sensor, chip, bus, nowMs, show } = bench();
    await show({ volts: 5, amps: 2 });
    await sensor.read();
    chip.isRunning = false;
    const startMs = nowMs();
    bus.trace.length = 0;
    const reading = sensor.read();
    while (bus.trace.length < 5) await Promise.resolve();
    chip.scene.amps = 3;
    chip.convert();
    expect((await reading).watts).to.be.closeTo(15, 0.2);
    expect(nowMs()).to.be.above(startMs);
  });

  it('says so when none ends, and measures again when one does', async () => {
    const { sensor, chip } = bench();
    await sensor.read();
    chip.isRunning = false;
    const error = await rejectionOf(sensor.read());
    expect(error).to.be.instanceOf(HardwareError);
    expect(error.message).to.match(/^the chip on i2c-1 at 0x41 ended no conversion within \d+ ms$/);
    chip.isRunning = true;
    expect((await sensor.read()).watts).to.be.above(0);
  });

  it('takes what is at the rail of its converter for no figure', async () => {
    const { sensor, show, type } = bench();
    await show({ volts: 5, amps: BEYOND_A[type] });
    const error = (await rejectionOf(sensor.read())) as HardwareError;
    expect(error).to.be.instanceOf(HardwareError);
    expect(error.message).to.match(/^i2c-1 at 0x41: [\d.]+ A is all that it can tell, or more$/);
    expect(error.remedy).to.contain('maxAmps').and.to.contain('shuntOhms');
  });

  it('outlives a transfer that fails', async () => {
    const { sensor, bus } = bench();
    bus.failing = systemError('EREMOTEIO');
    const error = (await rejectionOf(sensor.read())) as HardwareError;
    expect(error.message).to.equal('nobody answers on i2c-1 at 0x41 (EREMOTEIO)');
    bus.failing = null;
    expect((await sensor.read()).watts).to.be.above(0);
  });

  it('closes its bus', async () => {
    const { sensor, bus } = bench();
    expect(bus.openPorts).to.equal(1);
    await sensor.close();
    expect(bus.openPorts).to.equal(0);
  });

  it('averages as long as fits between two samples, or as told', async () => {
    const { type } = bench();
    const averages = async (settings: object) => {
      const { bus } = await chipBench(type, { maxAmps: 10, ...settings });
      const register = type === 'ina228' ? 1 : 0;
      const value = bus.trace.find(([kind, each]) => kind === 'write' && each === register)?.[2] as number;
      if (type === 'ina219') return 2 ** ((value >> 3) & 7);
      return [1, 4, 16, 64, 128, 256, 512, 1024][type === 'ina228' ? value & 7 : (value >> 9) & 7];
    };
    expect(await averages({})).to.equal(type === 'ina219' ? 32 : 16);
    expect(await averages({ averaging: 100 })).to.equal(64);
    expect(await averages({ averaging: 4 })).to.equal(4);
  });
}

/** Where the chip's own multiplication can overflow before its converter does. */
export function overflowContract(bench: () => ChipBench): void {
  it('reckons by itself where the chip has overflowed', async () => {
    const { sensor, bus, show, type } = bench();
    const amps = type === 'ina228' ? 10.05 : 12;
    await show({ volts: 5, amps });
    bus.trace.length = 0;
    expect((await sensor.read()).watts).to.be.closeTo(5 * amps, 0.05);
    const shunt = type === 'ina228' ? 4 : 1;
    expect(bus.trace.map(([, register]) => register)).to.include(shunt);
  });
}
