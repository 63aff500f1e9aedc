// Buses, chips and the reading, as doctor tells them.

import { expect } from 'chai';
import { i2cCheck, powerCheck } from '../../../../cli/doctor/checks/power.js';
import type { ErrorReport } from '../../../../errors.js';
import { openPowerSensor } from '../../../../hardware/power/open-sensor.js';
import type { PowerSensor } from '../../../../hardware/power/power-sensor.js';
import { CHIP_TYPES, sensorSettings } from '../../../../hardware/power/settings.js';
import type { FoundChip, PowerSurvey } from '../../../../hardware/power/survey.js';
import { fakeBoard } from '../../../support/power/fake-board.js';
import { fakeBus } from '../../../support/power/fake-bus.js';
import { fakeChip } from '../../../support/power/fake-chips.js';
import { findingsOf, line } from '../findings.js';

const DENIED: ErrorReport = { code: 'hardware', message: 'i2c-1: not allowed', remedy: 'Join the group i2c.' };

describe('doctor looks at I2C and power', () => {
  const survey = (found: Partial<PowerSurvey>) =>
    findingsOf(i2cCheck({ survey: async () => ({ buses: [], hwmon: [], ...found }) }));

  it('and tells who is on which bus', async () => {
    const chips: FoundChip[] = [
      { bus: 1, address: 0x40, type: 'ina226', isSure: true, problem: null },
      { bus: 1, address: 0x41, type: 'ina219', isSure: false, problem: null },
      { bus: 1, address: 0x48, type: null, isSure: false, problem: null },
    ];
    const findings = await survey({
      buses: [
        { bus: 0, chips: [], problem: null },
        { bus: 1, chips, problem: null },
      ],
      hwmon: [{ folder: '/hwmon0', name: 'ina219', device: '1-0045' }],
    });
    expect(findings.map(line)).to.deep.equal([
      'ok i2c: i2c-0: nobody from 0x40 to 0x4F',
      'ok i2c: i2c-1: ina226 at 0x40, perhaps ina219 at 0x41, somebody who is no known power sensor at 0x48',
      "ok i2c: ina219 (1-0045), by the kernel's driver",
    ]);
  });

  it('and what to do where there is none, or it is denied', async () => {
    const [none] = await survey({});
    expect(none).to.include({ level: 'warning', message: 'there is no I2C bus' });
    expect(none?.remedy).to.include('i2c_arm=on');
    const [denied] = await survey({ buses: [{ bus: 1, chips: [], problem: DENIED }] });
    expect(denied).to.include({ level: 'warning', message: DENIED.message, remedy: DENIED.remedy });
    const chip = { bus: 1, address: 0x40, type: null, isSure: false, problem: DENIED };
    expect((await survey({ buses: [{ bus: 1, chips: [chip], problem: null }] }))[0]).to.include({ level: 'warning' });
  });

  it('and hides no chip behind another that a driver of the kernel has', async () => {
    const chips: FoundChip[] = [
      { bus: 1, address: 0x40, type: 'ina226', isSure: true, problem: null },
      { bus: 1, address: 0x41, type: null, isSure: false, problem: DENIED },
    ];
    const findings = await survey({ buses: [{ bus: 1, chips, problem: null }] });
    expect(findings.map(line)).to.deep.equal(['ok i2c: i2c-1: ina226 at 0x40', `warning i2c: ${DENIED.message}`]);
  });

  let closed: number;
  beforeEach(() => {
    closed = 0;
  });
  const sensor = (changes: Partial<PowerSensor> = {}): PowerSensor => ({
    name: 'ina226 on i2c-1 at 0x40',
    source: 'measured',
    read: async () => ({ atMs: 0, volts: 5.1, amps: 0.5, watts: 2.55, countedJoules: null }),
    close: async () => {
      closed++;
    },
    ...changes,
  });
  const power = (opened: PowerSensor | null, problems: readonly ErrorReport[] = [], isNamed = false) =>
    findingsOf(powerCheck({ open: async () => ({ sensor: opened, problems }), isNamed }));

  it('and reads the sensor, which it closes', async () => {
    const [finding] = await power(sensor());
    expect(line(finding!)).to.equal('ok power: 2.55 W (5.10 V, 0.500 A), measured: ina226 on i2c-1 at 0x40');
    expect(finding?.figures).to.include({ watts: 2.55, source: 'measured' });
    expect(closed).to.equal(1);
  });

  it('and writes nothing to the chip of an agent that has the same settings', async () => {
    for (const type of CHIP_TYPES) {
      const bus = fakeBus({ 64: fakeChip(type, { volts: 5, amps: 0.5 }) });
      const open = () => openPowerSensor(sensorSettings({ type: 'auto' }), { board: fakeBoard(bus) });
      const { sensor: agents } = await open();
      await agents?.read();
      bus.trace.length = 0;
      const [finding] = await findingsOf(powerCheck({ open, isNamed: false }));
      expect(finding?.message).to.match(new RegExp(`measured: ${type} on i2c-1`));
      expect(bus.trace.filter(([kind]) => kind === 'write')).to.deep.equal([]);
    }
  });

  it('and says when the figure is a model', async () => {
    const read = async () => ({ atMs: 0, volts: null, amps: null, watts: 3, countedJoules: null });
    const model = sensor({ source: 'modelled', name: 'model of a pi-4', read });
    const [finding] = await power(model, [DENIED]);
    expect(line(finding!)).to.equal('warning power: 3.00 W, modelled: model of a pi-4; i2c-1: not allowed');
    expect(finding?.remedy).to.equal(DENIED.remedy);
    expect((await power(model, [DENIED], true))[0]).to.include({ level: 'problem' });
    expect((await power(null))[0]).to.include({ level: 'warning', message: 'nothing measures or models it' });
  });

  it('and closes a sensor that cannot be read, which is a problem', async () => {
    const [finding] = await power(sensor({ read: () => Promise.reject(new Error('EIO')) }));
    expect(finding).to.include({ level: 'problem', message: 'EIO' });
    expect(closed).to.equal(1);
  });
});
