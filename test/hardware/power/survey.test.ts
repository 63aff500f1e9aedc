// The search for power sensors, and what is said of each place that has none.

import { expect } from 'chai';
import { surveyPower } from '../../../hardware/power/survey.js';
import { type FakeBoard, fakeBoard, hwmonFolder } from '../../support/power/fake-board.js';
import { type FakeChip, fakeBus, systemError } from '../../support/power/fake-bus.js';
import { fakeChip } from '../../support/power/fake-chips.js';

/** Answers, and is none of them: by default a PCA9685 as it wakes, which drives servos at 0x40. */
function stranger(words: Record<number, number> = { 0: 0x1104 }): FakeChip & { written: number } {
  const chip = { written: 0, read: (register: number) => words[register] ?? 0, write: () => void chip.written++ };
  return chip;
}

describe('the survey of power sensors', () => {
  it('finds each chip by its id registers, and the INA219 by being as it wakes', async () => {
    const chips = { 64: 'ina3221', 65: 'ina219', 69: 'ina226', 78: 'ina228', 79: 'ina260' } as const;
    const made = Object.entries(chips).map(([address, type]) => [address, fakeChip(type, { volts: 5, amps: 1 })]);
    const bus = fakeBus(Object.fromEntries(made));
    const { buses } = await surveyPower(fakeBoard(bus));
    expect(buses).to.have.length(1);
    expect(Object.fromEntries(buses[0]!.chips.map(({ address, type }) => [address, type]))).to.deep.equal(chips);
    expect(buses[0]!.chips.every(({ isSure, problem }) => isSure && problem === null)).to.equal(true);
    expect(bus.openPorts).to.equal(0);
  });

  it('never writes, and takes no stranger for a sensor', async () => {
    const others = { 64: stranger(), 72: stranger({ 0: 0x8583 }), 74: stranger({ 0: 0x4b00, 1: 0x4b50 }) };
    const { buses } = await surveyPower(fakeBoard(fakeBus(others)));
    const found = buses[0]!.chips.map(({ address, type, isSure }) => [address, type, isSure]);
    // The first might be an INA219 that something else has set up: it is not taken unless it is named.
    expect(found).to.deep.equal([
      [0x40, 'ina219', false],
      [0x48, null, false],
      [0x4a, null, false],
    ]);
    expect(Object.values(others).map(({ written }) => written)).to.deep.equal([0, 0, 0]);
  });

  it('knows an INA219 again that an agent has set up before', async () => {
    const chip = fakeChip('ina219', { volts: 5, amps: 1 });
    chip.write(0, 0x3eef);
    chip.write(5, 0x1062);
    const { buses } = await surveyPower(fakeBoard(fakeBus({ 69: chip })));
    expect(buses[0]!.chips).to.deep.include({ bus: 1, address: 0x45, type: 'ina219', isSure: true, problem: null });
  });

  it('looks for an INA3221 only where it can be', async () => {
    const { buses } = await surveyPower(fakeBoard(fakeBus({ 68: fakeChip('ina3221', { volts: 5, amps: 1 }) })));
    expect(buses[0]!.chips[0]?.type).to.not.equal('ina3221');
  });

  async function busProblem(changes: Partial<FakeBoard>) {
    const { buses } = await surveyPower(fakeBoard(fakeBus({}), changes));
    return buses[0]?.problem;
  }

  for (const [code, message, remedy] of [
    ['EACCES', 'this process may not open /dev/i2c-1', /group i2c.*usermod -aG i2c/],
    ['EPERM', 'this process may not open /dev/i2c-1', /DeviceAllow=char-i2c/],
    ['ENOENT', 'there is no I2C bus 1, no /dev/i2c-1', /do_i2c 0/],
    ['ETIMEDOUT', 'the bus of i2c-1 at 0x40 does not move (ETIMEDOUT)', /wiring/],
  ] as const) {
    it(`says of a bus that gives ${code} what to do`, async () => {
      const bus = fakeBus({});
      bus.failing = systemError(code);
      const problem = await busProblem({ openI2c: bus.open });
      expect(problem).to.include({ code: 'hardware', message });
      expect(problem?.remedy).to.match(remedy);
    });
  }

  it('says that a driver of the kernel owns a chip, and goes on', async () => {
    const busy = { read: () => raise('EBUSY'), write: () => {} };
    const { buses } = await surveyPower(
      fakeBoard(fakeBus({ 64: busy, 65: fakeChip('ina226', { volts: 5, amps: 1 }) })),
    );
    const [first, second] = buses[0]!.chips;
    expect(first?.problem?.message).to.equal('a driver of the kernel owns the chip on i2c-1 at 0x40');
    expect(first?.problem?.remedy).to.contain('type: hwmon');
    expect(second?.type).to.equal('ina226');
  });

  it('finds the power monitors of the kernel, and no others', async () => {
    const folder = await hwmonFolder();
    await folder.add('hwmon0', { name: 'cpu_thermal' });
    await folder.add('hwmon10', { name: 'ina3221' });
    await folder.add('hwmon2', { name: 'ina219', in1_input: '5000' }, '1-0040');
    const { hwmon, buses } = await surveyPower(fakeBoard(null, { hwmonFolder: folder.path }));
    await folder.remove();
    expect(buses).to.deep.equal([]);
    expect(hwmon.map(({ name, device }) => [name, device])).to.deep.equal([
      ['ina219', '1-0040'],
      ['ina3221', null],
    ]);
  });
});

function raise(code: string): never {
  throw systemError(code);
}
