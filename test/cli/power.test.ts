// The power sensor that the command line opens for an agent.

import { expect } from 'chai';
import type { Logger } from '../../cli/logger.js';
import { openPower } from '../../cli/power.js';
import type { PowerSensor } from '../../hardware/power/power-sensor.js';
import { sensorSettings } from '../../hardware/power/settings.js';
import { fakeBoard } from '../support/power/fake-board.js';
import { type FakeChip, fakeBus } from '../support/power/fake-bus.js';
import { fakeChip } from '../support/power/fake-chips.js';
import { rejectionOf } from '../transport/inbox.js';

function openLog() {
  const lines: string[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push(`${level}: ${message} ${JSON.stringify(fields)}`);
  };
  return { lines, log: { debug: at('debug'), info: at('info'), warn: at('warn') } as unknown as Logger };
}

describe('the power of a board on the command line', () => {
  it('is named in the log', async () => {
    const { lines, log } = openLog();
    const power = await openPower({ sensor: { type: 'simulated', watts: 3 } }, log);
    expect((await power?.read())?.watts).to.equal(3);
    expect(lines).to.deep.equal(['info: power {"sensor":"simulated"}']);
  });

  it('is measured, once the sensor that is named is there', async () => {
    const { lines, log } = openLog();
    const chips: Record<number, FakeChip> = {};
    const board = fakeBoard(fakeBus(chips));
    const power = await openPower({ sensor: sensorSettings({ type: 'ina219' }) }, log, board);
    expect(power?.name).to.equal('ina219, not there yet');
    expect(lines[0]).to.match(/^warn: no power sensor here .*there is no ina219 on any I2C bus/);
    expect((await rejectionOf((power as PowerSensor).read())).message).to.equal('ina219, not there yet');
    chips[0x40] = fakeChip('ina219', { volts: 5, amps: 0.5 });
    board.clockMs += 30_000;
    while (power?.source !== 'measured') {
      await power?.read().catch(() => {});
      await new Promise(setImmediate);
    }
    expect((await power.read()).watts).to.be.closeTo(0.05, 0.01);
  });

  it('is modelled with a warning where the sensor that is named is not there', async () => {
    const { lines, log } = openLog();
    const sensor = { type: 'hwmon', name: 'no such monitor', channel: 1 } as const;
    const power = await openPower({ sensor, model: { idleW: 1, loadW: 2 } }, log);
    expect(power?.source).to.equal('modelled');
    expect(lines[0]).to.match(/^warn: no power sensor here .*no power monitor called no such monitor/);
    expect(lines[1]).to.contain('modelled from 1 to 2 W (own figures)');
  });
});
