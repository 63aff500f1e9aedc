import { expect } from 'chai';
import { z } from 'zod';
import {
  CHIP_TYPES,
  powerModelSchema,
  sampleHzSchema,
  sensorSchema,
  sensorSettings,
} from '../../../hardware/power/settings.js';
import { validate } from '../../../protocol/validation.js';

const parsed = (input: unknown) => sensorSettings(sensorSchema.parse(input));

describe('the settings of a power sensor', () => {
  it('are a name alone, or an object with what differs', () => {
    expect(parsed('auto')).to.deep.equal({ type: 'auto' });
    expect(parsed('none')).to.deep.equal({ type: 'none' });
    expect(parsed('simulated')).to.deep.equal({ type: 'simulated', watts: 2.5 });
    expect(parsed('hwmon')).to.deep.equal({ type: 'hwmon', channel: 1 });
    expect(parsed('ina3221')).to.deep.equal({ type: 'ina3221', channel: 1 });
    const full = { type: 'ina219', bus: 1, address: 0x45, shuntOhms: 0.01, maxAmps: 5, averaging: 16 };
    expect(parsed(full)).to.deep.equal(full);
  });

  it('are complete with the name of any chip', () => {
    for (const type of CHIP_TYPES) expect(parsed(type)).to.deep.include({ type });
  });

  for (const wrong of [
    'ina999',
    {},
    { type: 'ina219', address: 0x39 },
    { type: 'ina219', address: 0x50 },
    { type: 'ina219', bus: -1 },
    { type: 'ina219', bus: 0.5 },
    { type: 'ina219', shuntOhms: 0 },
    { type: 'ina219', maxAmps: -1 },
    { type: 'ina219', averaging: 0 },
    { type: 'ina219', channel: 1 },
    { type: 'ina260', shuntOhms: 0.1 },
    { type: 'ina3221', channel: 4 },
    { type: 'simulated', watts: -1 },
    { type: 'hwmon', name: '' },
  ]) {
    it(`are not ${JSON.stringify(wrong)}`, () => {
      expect(sensorSchema.safeParse(wrong).success).to.equal(false);
    });
  }

  it('are told with the path, the value and what is allowed', () => {
    const faultOf = (sensor: unknown) => {
      try {
        validate('agent.yaml', z.strictObject({ sensor: sensorSchema }), { sensor });
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(faultOf({ type: 'ina219', address: 0x30 })).to.equal(
      'agent.yaml: sensor.address: got 48: an address from 0x40 to 0x4F',
    );
    expect(faultOf({ type: 'ina219', shunt: 0.1 })).to.contain('sensor.shunt is not a known key');
    expect(faultOf('ina220')).to.match(/^agent\.yaml: sensor: got "ina220": one of auto, none, .*ina3221, or one with/);
    expect(faultOf({ type: 'ina219', bus: 'one' })).to.equal('agent.yaml: sensor.bus: got "one": a whole number');
    expect(faultOf(7)).to.contain('{ type: ina219, bus: 1, address: 0x40, shuntOhms: 0.1 }');
  });

  it('sample at most 200 times a second', () => {
    expect(sampleHzSchema.parse(20)).to.equal(20);
    expect(sampleHzSchema.safeParse(0).success).to.equal(false);
    expect(sampleHzSchema.safeParse(201).success).to.equal(false);
  });

  it('of the model are a profile, or two figures', () => {
    expect(powerModelSchema.parse('pi-4')).to.equal('pi-4');
    expect(powerModelSchema.parse({ idleW: 1, loadW: 2 })).to.deep.equal({ idleW: 1, loadW: 2 });
    expect(powerModelSchema.safeParse('pi-400').success).to.equal(false);
    expect(powerModelSchema.safeParse({ idleW: 1 }).success).to.equal(false);
  });
});
