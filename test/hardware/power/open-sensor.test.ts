// Which sensor a board gets, and what it is told about the others.

import { expect } from 'chai';
import { ConfigurationError } from '../../../errors.js';
import { openPowerSensor, type PowerOptions } from '../../../hardware/power/open-sensor.js';
import { type SensorInput, sensorSchema, sensorSettings } from '../../../hardware/power/settings.js';
import { fakeBoard, type HwmonFolder, hwmonFolder } from '../../support/power/fake-board.js';
import { type FakeBus, fakeBus, systemError } from '../../support/power/fake-bus.js';
import { fakeChip, type SceneChip } from '../../support/power/fake-chips.js';
import { rejectionOf } from '../../transport/inbox.js';

const SCENE = { volts: 5, amps: 1 };
const PI_4 = 'Raspberry Pi 4 Model B Rev 1.4';

interface Options {
  /** The board's name. */
  readonly model?: string;
  /** What the model counts with. */
  readonly settings?: PowerOptions['model'];
}

describe('opening a power sensor', () => {
  let folder: HwmonFolder;
  beforeEach(async () => {
    folder = await hwmonFolder();
  });
  afterEach(() => folder.remove());

  async function open(input: SensorInput, bus: FakeBus | null, { model = 'a computer', settings }: Options = {}) {
    const board = fakeBoard(bus, { model, hwmonFolder: folder.path });
    const chosen = sensorSettings(sensorSchema.parse(input));
    const { sensor, problems } = await openPowerSensor(chosen, { board, model: settings });
    return {
      sensor,
      name: sensor?.name,
      source: sensor?.source,
      problems: problems.map(({ message }) => message),
      all: problems,
    };
  }

  describe('automatically', () => {
    it('takes the first chip that is sure', async () => {
      const bus = fakeBus({ 65: fakeChip('ina226', SCENE), 68: fakeChip('ina260', SCENE) });
      const { name, source, problems, sensor } = await open('auto', bus);
      expect(name).to.equal('ina226 on i2c-1 at 0x41, shunt 0.1 ohm');
      expect([source, problems]).to.deep.equal(['measured', []]);
      expect(bus.openPorts).to.equal(1);
      await sensor?.close();
      expect(bus.openPorts).to.equal(0);
    });

    it('takes the next one where the first does not work', async () => {
      const asleep = fakeChip('ina226', SCENE);
      asleep.isRunning = false;
      const bus = fakeBus({ 65: asleep, 68: fakeChip('ina260', SCENE) });
      const { name, problems } = await open('auto', bus);
      expect(name).to.equal('ina260 on i2c-1 at 0x44');
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(/ended no conversion/);
      expect(bus.openPorts).to.equal(1);
    });

    it('takes a driver of the kernel where that owns the chip', async () => {
      await folder.add(
        'hwmon1',
        { name: 'ina219', in1_input: '5080', curr1_input: '612', power1_input: '3110000' },
        '1-0040',
      );
      const { name, source, problems, sensor } = await open('auto', fakeBus({ 64: owned() }));
      expect([name, source]).to.deep.equal(['ina219 by hwmon (1-0040)', 'measured']);
      expect(problems).to.deep.equal(['a driver of the kernel owns the chip on i2c-1 at 0x40']);
      expect(await sensor?.read()).to.include({ volts: 5.08, amps: 0.612, watts: 3.11 });
    });

    it('takes the model of the board where there is no sensor', async () => {
      const { name, source, problems } = await open('auto', null, { model: PI_4 });
      expect(name).to.match(/^modelled from [\d.]+ to [\d.]+ W \(profile pi-4\)$/);
      expect([source, problems]).to.deep.equal(['modelled', []]);
    });

    it('takes the model, and says why, where the bus is denied', async () => {
      const bus = fakeBus({});
      bus.failing = systemError('EACCES');
      const { source, all } = await open('auto', bus, { model: PI_4 });
      expect(source).to.equal('modelled');
      expect(all[0]?.remedy).to.contain('group i2c');
    });

    it('takes nothing of an unknown board without a sensor', async () => {
      expect(await open('auto', null)).to.include({ sensor: null });
    });
  });

  it('models with own figures, or with those of a profile that is named', async () => {
    const own = await open('none', null, { model: PI_4, settings: { idleW: 1.5, loadW: 4 } });
    expect(own.name).to.equal('modelled from 1.5 to 4 W (own figures)');
    const named = await open('none', null, { settings: 'pi-zero-2' });
    expect(named.name).to.contain('profile pi-zero-2');
  });

  it('takes the chip that is named, with its shunt', async () => {
    const bus = fakeBus({ 64: fakeChip('ina226', SCENE), 69: fakeChip('ina219', SCENE) });
    const { name } = await open({ type: 'ina219', shuntOhms: 0.01 }, bus);
    expect(name).to.equal('ina219 on i2c-1 at 0x45, shunt 0.01 ohm');
  });

  it('takes a likely INA219 only where its address is named', async () => {
    const touched = () => {
      const chip: SceneChip = fakeChip('ina219', SCENE);
      chip.write(0, 0x1777);
      return fakeBus({ 64: chip });
    };
    expect((await open('auto', touched())).sensor).to.equal(null);
    const unnamed = await open('ina219', touched());
    expect(unnamed.problems).to.deep.equal(['there is no ina219 on any I2C bus, but perhaps ina219 on i2c-1 at 0x40']);
    const { source } = await open({ type: 'ina219', address: 0x40 }, touched());
    expect(source).to.equal('measured');
  });

  it('says what else is at the address that is named, and models', async () => {
    const bus = fakeBus({ 64: fakeChip('ina260', SCENE) });
    const { source, problems, all } = await open({ type: 'ina226', bus: 1, address: 0x40 }, bus, { model: PI_4 });
    expect(problems).to.deep.equal(['there is no ina226 on i2c-1 at 0x40, but ina260 on i2c-1 at 0x40']);
    expect(all[0]?.remedy).to.contain('Name what is there');
    expect(source).to.equal('modelled');
  });

  it('says that nobody is at the address that is named', async () => {
    const { problems, all } = await open({ type: 'ina226', bus: 1, address: 0x40 }, fakeBus({}));
    expect(problems).to.deep.equal(['there is no ina226 on i2c-1 at 0x40']);
    expect(all[0]?.remedy).to.contain('wiring');
  });

  it('says that there is no such bus', async () => {
    const { problems } = await open({ type: 'ina226', bus: 7 }, fakeBus({}));
    expect(problems).to.deep.equal(['there is no I2C bus 7, no /dev/i2c-7']);
  });

  it('says that a chip does not keep what is written to it', async () => {
    const chip = fakeChip('ina226', SCENE);
    const { problems } = await open('auto', fakeBus({ 64: { ...chip, write: () => {} } }));
    expect(problems).to.deep.equal(['the chip on i2c-1 at 0x40 does not keep what is written to it']);
  });

  it('does not bear settings that are impossible', async () => {
    const bus = fakeBus({ 64: fakeChip('ina226', SCENE) });
    const error = await rejectionOf(open({ type: 'auto', maxAmps: 3 }, bus));
    expect(error).to.be.instanceOf(ConfigurationError);
    expect(error.remedy).to.equal('Set `maxAmps` to 0.819 or less, or use a smaller shunt and tell its `shuntOhms`.');
  });

  it('reads the monitor of the kernel that is named, and says so where there is none', async () => {
    await folder.add('hwmon0', { name: 'poe', in2_input: '5000', curr2_input: '700' });
    const { name, sensor } = await open({ type: 'hwmon', name: 'poe', channel: 2 }, null);
    expect(name).to.equal('poe by hwmon, channel 2');
    expect((await sensor?.read())?.watts).to.be.closeTo(3.5, 1e-9);
    const none = await open('hwmon', null);
    expect(none.problems).to.deep.equal([`${folder.path} has no power monitor`]);
    const silent = await open({ type: 'hwmon', name: 'poe' }, null);
    expect(silent.problems[0]).to.match(/\(poe\) has neither power1_input nor in1_input and curr1_input/);
  });

  it('simulates where it is told to', async () => {
    const { source, sensor } = await open({ type: 'simulated', watts: 3 }, null);
    expect(source).to.equal('simulated');
    expect((await sensor?.read())?.watts).to.equal(3);
  });
});

/** By a driver of the kernel. */
function owned() {
  const refuse = () => {
    throw systemError('EBUSY');
  };
  return { read: refuse, write: refuse };
}
