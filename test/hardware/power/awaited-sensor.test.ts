// A sensor that comes late is found in a calm rhythm; until then the model stands in, or nothing does.

import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { awaitedSensor, SEEK_EVERY_MS } from '../../../hardware/power/awaited-sensor.js';
import { modelledSensor } from '../../../hardware/power/modelled-sensor.js';
import type { PowerSensor } from '../../../hardware/power/power-sensor.js';
import { isAwaited, sensorSeeker } from '../../../hardware/power/seek-sensor.js';
import { type SensorInput, sensorSchema, sensorSettings } from '../../../hardware/power/settings.js';
import { simulatedSensor } from '../../../hardware/power/simulated-sensor.js';
import { type FakeBoard, fakeBoard } from '../../support/power/fake-board.js';
import { type FakeChip, fakeBus } from '../../support/power/fake-bus.js';
import { fakeChip } from '../../support/power/fake-chips.js';
import { rejectionOf } from '../../transport/inbox.js';

const settingsOf = (input: SensorInput) => sensorSettings(sensorSchema.parse(input));

describe('a power sensor that is not there yet', () => {
  let board: FakeBoard;
  let sought: number;
  let found: PowerSensor | null;
  let closed: string[];

  beforeEach(() => {
    board = fakeBoard(null);
    [sought, found, closed] = [0, null, []];
  });

  const measuring = (): PowerSensor => ({
    ...simulatedSensor(() => 7, board.nowMs),
    name: 'ina226',
    source: 'measured',
    close: async () => void closed.push('ina226'),
  });
  const model = (): PowerSensor => ({
    ...modelledSensor({
      model: { name: 'own figures', idleW: 1, loadW: 2 },
      cpuSeconds: board.cpuSeconds,
      nowMs: board.nowMs,
    }),
    close: async () => void closed.push('model'),
  });
  const awaited = (standIn: PowerSensor | null, seek?: () => Promise<PowerSensor | null>) => {
    const usual = async () => {
      sought++;
      return found;
    };
    return awaitedSensor({ what: 'ina226', standIn, seek: seek ?? usual, nowMs: board.nowMs });
  };
  const readAfter = async (sensor: PowerSensor, ms: number) => {
    board.clockMs += ms;
    const reading = await sensor.read().catch(() => null);
    await turn();
    return reading;
  };

  it('is modelled until it is there, and looked for every 30 s', async () => {
    const sensor = awaited(model());
    expect([sensor.source, sensor.name]).to.deep.equal(['modelled', 'modelled from 1 to 2 W (own figures)']);
    for (let second = 1; second < 30; second++) await readAfter(sensor, 1_000);
    expect(sought).to.equal(0);
    expect((await readAfter(sensor, 1_000))?.watts).to.equal(1);
    await readAfter(sensor, 1_000);
    expect(sought).to.equal(1);
    found = measuring();
    await readAfter(sensor, SEEK_EVERY_MS);
    expect([sought, sensor.source, sensor.name, closed]).to.deep.equal([2, 'measured', 'ina226', ['model']]);
    expect((await readAfter(sensor, 10 * SEEK_EVERY_MS))?.watts).to.equal(7);
    expect(sought).to.equal(2);
    await sensor.close();
    expect(closed).to.deep.equal(['model', 'ina226']);
  });

  it('gives no reading where nothing stands in for it', async () => {
    const sensor = awaited(null);
    expect((await rejectionOf(sensor.read())).message).to.equal('ina226, not there yet');
    found = measuring();
    await readAfter(sensor, SEEK_EVERY_MS);
    expect((await readAfter(sensor, 1))?.watts).to.equal(7);
  });

  it('holds no reading up while it is looked for, and is looked for once at a time', async () => {
    let arrive: (sensor: PowerSensor) => void = () => {};
    const sensor = awaited(model(), () => {
      sought++;
      return new Promise((resolve) => {
        arrive = resolve;
      });
    });
    for (let time = 0; time < 3; time++) expect((await readAfter(sensor, SEEK_EVERY_MS))?.watts).to.equal(1);
    expect(sought).to.equal(1);
    await sensor.close();
    arrive(measuring());
    await turn();
    expect(closed, 'what comes too late is closed, too').to.deep.equal(['model', 'ina226']);
  });

  it('is looked for again after a search that fails', async () => {
    const sensor = awaited(null, () => {
      sought++;
      return Promise.reject(new Error('a bug'));
    });
    for (let time = 0; time < 2; time++) await readAfter(sensor, SEEK_EVERY_MS);
    expect(sought).to.equal(2);
  });

  it('is awaited where the settings name it, or the model stands in for whatever there may be', () => {
    expect(isAwaited(settingsOf('ina226'), null)).to.equal(true);
    expect(isAwaited(settingsOf('hwmon'), model())).to.equal(true);
    expect(isAwaited(settingsOf('auto'), model())).to.equal(true);
    expect(isAwaited(settingsOf('auto'), null)).to.equal(false);
    expect(isAwaited(settingsOf('auto'), measuring())).to.equal(false);
    expect(isAwaited(settingsOf('none'), model())).to.equal(false);
    expect(
      isAwaited(
        settingsOf('simulated'),
        simulatedSensor(() => 1, board.nowMs),
      ),
    ).to.equal(false);
  });

  describe('on its bus', () => {
    let chips: Record<number, FakeChip>;
    let buses: number[];
    beforeEach(() => {
      [chips, buses] = [{}, [1]];
      board = fakeBoard(fakeBus(chips), { listBuses: async () => buses });
    });

    it('is found once its wire holds, where it is named', async () => {
      const seek = await sensorSeeker(settingsOf({ type: 'ina226', bus: 1 }), { board, model: 'pi-4' });
      expect(await seek(), 'the model is not what was sought').to.equal(null);
      chips[0x40] = fakeChip('ina226', { volts: 5, amps: 1 });
      expect((await seek())?.name).to.equal('ina226 on i2c-1 at 0x40, shunt 0.1 ohm');
    });

    it('is found once there is a bus, where it is not named; no address is tried twice', async () => {
      buses = [];
      const bus = fakeBus(chips);
      board = fakeBoard(bus, { listBuses: async () => buses });
      const seek = await sensorSeeker(settingsOf('auto'), { board });
      buses = [1];
      expect(await seek()).to.equal(null);
      chips[0x40] = fakeChip('ina226', { volts: 5, amps: 1 });
      expect(await seek()).to.equal(null);
      expect(bus.trace).to.deep.equal([]);
      buses = [1, 3];
      expect((await seek())?.source).to.equal('measured');
    });
  });
});
