// Bytes, signs and calibrations, whatever the figures.

import { expect } from 'chai';
import fc from 'fast-check';
import { ConfigurationError } from '../../../errors.js';
import { calibration } from '../../../hardware/power/chip.js';
import { planChip } from '../../../hardware/power/chip-plan.js';
import { CHIPS, chipKind } from '../../../hardware/power/chips/chips.js';
import { fromBigEndian, registersOf, signed, swapped } from '../../../hardware/power/registers.js';
import { type ChipSensor, type ChipType, sensorSettings } from '../../../hardware/power/settings.js';
import { fakeBus } from '../../support/power/fake-bus.js';

const word = fc.integer({ min: 0, max: 0xffff });

describe('words of the bus', () => {
  it('swap their bytes, and back', () => {
    expect(swapped(0x1234)).to.equal(0x3412);
    fc.assert(fc.property(word, (value) => swapped(swapped(value)) === value));
  });

  it('reach the chip as its data sheet has them, and come back so', async () => {
    await fc.assert(
      fc.asyncProperty(word, fc.integer({ min: 0, max: 255 }), async (value, register) => {
        const memory = new Map<number, number>();
        const chip = {
          read: (at: number) => memory.get(at) ?? 0,
          write: (at: number, of: number) => memory.set(at, of),
        };
        const bus = fakeBus({ 64: { ...chip, write: (at, of) => void chip.write(at, of) } });
        const registers = registersOf(await bus.open(1), 1, 64);
        await registers.write(register, value);
        expect(memory.get(register)).to.equal(value);
        expect(await registers.read(register)).to.equal(value);
      }),
    );
  });

  it('are signed as DataView has it, at 16 and at 20 bits', () => {
    fc.assert(
      fc.property(word, (value) => {
        expect(signed(value, 16)).to.equal(new DataView(Uint16Array.of(value).buffer).getInt16(0, true));
        expect(signed(value << 4, 20)).to.equal(16 * signed(value, 16));
      }),
    );
  });

  it('are as long as they come, the high byte first', () => {
    expect(fromBigEndian(Uint8Array.of(0x3c, 0, 0))).to.equal(0x3c0000);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 40 - 1 }), (value) => {
        expect(fromBigEndian(Buffer.from(value.toString(16).padStart(10, '0'), 'hex'))).to.equal(value);
      }),
    );
  });
});

describe('a calibration', () => {
  it('is never above what was wanted, by less than a step, and fits', () => {
    const cases = fc.record({ wanted: fc.double({ min: 1, max: 1e6, noNaN: true }), step: fc.constantFrom(1, 2) });
    fc.assert(
      fc.property(cases, ({ wanted, step }) => {
        const found = calibration(wanted, 0x7ffe, step);
        expect(found % step).to.equal(0);
        expect(found).to.be.within(step, 0x7ffe);
        if (wanted >= step && wanted < 0x7ffe) expect(wanted - found).to.be.within(-1e-6, step);
      }),
    );
  });

  it('is as the data sheet has it where the quotient is not quite whole', () => {
    expect(calibration(0.04096 / (0.001 * 0.002), 0xfffe, 2)).to.equal(20480);
  });
});

describe('the plan of a chip', () => {
  const settings = (type: string, changes: object = {}) =>
    ({ ...sensorSettings({ type: 'auto' }), type, ...changes }) as ChipSensor;

  it('has for any shunt a setup of whole words', () => {
    const cases = fc.record({
      kind: fc.constantFrom(...CHIPS),
      shuntOhms: fc.double({ min: 0.0005, max: 1, noNaN: true }),
      share: fc.double({ min: 0.01, max: 1, noNaN: true }),
      sampleHz: fc.double({ min: 1, max: 200, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ kind, shuntOhms, share, sampleHz }) => {
        const maxAmps = (share * kind.fullScaleVolts) / shuntOhms;
        const plan = planChip(kind, settings(kind.type, { shuntOhms, maxAmps, channel: 1 }), sampleHz);
        const chip = kind.open(registersOf({} as never, 1, 64), plan);
        for (const [, value] of chip.setup) expect(value).to.satisfy((each: number) => each === (each & 0xffff));
        for (const [, mask, value] of chip.witnesses) expect(value & ~mask).to.equal(0);
        expect(chip.railAmps).to.be.at.least(plan.maxAmps * 0.999);
        expect(kind.averages).to.include(plan.averaging);
        if (plan.averaging > 1) expect(kind.conversionMs * plan.averaging).to.be.below(1000 / sampleHz);
      }),
    );
  });

  it('refuses an average that takes longer than a reading is waited for', () => {
    const plan = (type: ChipType, averaging: number) => planChip(chipKind(type), settings(type, { averaging }), 20);
    const error = thrown(() => plan('ina226', 600));
    expect(error).to.be.instanceOf(ConfigurationError);
    expect(error.message).to.equal(
      'sensor: averaging 512 takes an ina226 up to 1239 ms; a reading is waited for at most 1000 ms',
    );
    expect(error.remedy).to.equal('Set `averaging` to 256 or less, or leave it out.');
    expect(() => plan('ina228', 1024)).to.throw(ConfigurationError, 'averaging 1024 takes an ina228 up to 2253 ms');
    expect(plan('ina226', 511).averaging).to.equal(256);
    expect(plan('ina219', 1024).averaging).to.equal(128);
  });

  it('refuses more current than the chip can tell over that shunt', () => {
    const plan = () => planChip(chipKind('ina226'), settings('ina226', { shuntOhms: 0.1, maxAmps: 3 }), 20);
    expect(plan).to.throw(ConfigurationError, '3 A over 0.1 ohm are more than the 81.92 mV that an ina226 can tell');
  });
});

function thrown(run: () => unknown): ConfigurationError {
  try {
    run();
  } catch (error) {
    return error as ConfigurationError;
  }
  return expect.fail('nothing was thrown');
}
