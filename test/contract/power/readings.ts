// What every power sensor owes: a name, its source, and readings that are what the board takes, when it takes it.

import { expect } from 'chai';
import fc from 'fast-check';
import type { SensorBench } from './benches.js';

export function readingsContract(bench: () => SensorBench): void {
  it('says what it is', () => {
    const { sensor, source } = bench();
    expect(sensor.source).to.equal(source);
    expect(sensor.name).to.match(/^[a-z].{3,}/);
  });

  it('tells the watts of now, and volts and amperes that belong to them', async () => {
    const scene = fc.record({
      volts: fc.double({ min: 4.5, max: 12, noNaN: true }),
      amps: fc.double({ min: 0.4, max: 9, noNaN: true }),
    });
    await fc.assert(
      fc.asyncProperty(scene, async ({ volts, amps }) => {
        const { sensor, show, tellsAll, tolerance } = bench();
        await show({ volts, amps });
        const reading = await sensor.read();
        // A step of the coarsest chip: 20 mA over 2 milliohms, 8 mV.
        const stepW = tolerance > 0.001 ? 0.022 * volts + 0.008 * amps : 0.005 * (volts + amps);
        expect(reading.watts).to.be.closeTo(volts * amps, tolerance * volts * amps + stepW);
        if (tellsAll) expect((reading.volts as number) * (reading.amps as number)).to.be.closeTo(reading.watts, stepW);
        else expect([reading.volts, reading.amps]).to.deep.equal([null, null]);
      }),
      { numRuns: 50 },
    );
  });

  it('gives each reading its time', async () => {
    const { sensor, show, nowMs } = bench();
    await show({ volts: 5, amps: 1 });
    const first = await sensor.read();
    await show({ volts: 5, amps: 2 });
    const second = await sensor.read();
    expect(second.atMs).to.be.at.least(first.atMs + 50);
    expect(second.atMs).to.equal(nowMs());
    expect(second.watts).to.be.above(first.watts);
  });

  it('tells no watts below zero, however it is wired', async () => {
    const { sensor, show } = bench();
    await show({ volts: 5, amps: -2 });
    const { watts, amps } = await sensor.read();
    expect(watts).to.be.closeTo(10, 0.25);
    if (amps !== null) expect(Math.abs(amps)).to.be.closeTo(2, 0.05);
  });

  it('lets go when it is closed', async () => {
    await bench().sensor.close();
  });
}
