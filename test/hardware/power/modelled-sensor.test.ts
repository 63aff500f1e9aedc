import { expect } from 'chai';
import { BOARD_PROFILES } from '../../../hardware/board-profiles.js';
import { modelledSensor, powerModel } from '../../../hardware/power/modelled-sensor.js';

describe('the model of a board’s power', () => {
  for (const [board, profile] of [
    ['Raspberry Pi 4 Model B Rev 1.4', 'pi-4'],
    ['Raspberry Pi 5 Model B Rev 1.0', 'pi-5'],
    ['Raspberry Pi 3 Model B Rev 1.2', 'pi-3'],
    ['Raspberry Pi Zero 2 W Rev 1.0', 'pi-zero-2'],
    ['Raspberry Pi 3 Model B Plus Rev 1.3', null],
    ['Raspberry Pi 500 Rev 1.0', null],
    ['AMD EPYC (x64)', null],
  ] as const) {
    it(`of a ${board} is ${profile ?? 'not known'}`, () => {
      const found = powerModel(undefined, board);
      if (profile === null) return expect(found).to.equal(null);
      const { idleW, loadW } = BOARD_PROFILES.get(profile)!;
      return expect(found).to.deep.equal({ name: `profile ${profile}`, idleW, loadW });
    });
  }

  it('goes from idle to load with the share of a core, and beyond with more cores', async () => {
    let [ms, seconds] = [0, 0];
    const model = { name: 'own figures', idleW: 2, loadW: 3 };
    const sensor = modelledSensor({ model, cpuSeconds: () => seconds, nowMs: () => ms });
    const wattsAfter = async (passedMs: number, usedMs: number) => {
      ms += passedMs;
      seconds += usedMs / 1000;
      return (await sensor.read()).watts;
    };
    expect(await wattsAfter(0, 0)).to.equal(2);
    expect(await wattsAfter(100, 0)).to.be.closeTo(2, 1e-9);
    expect(await wattsAfter(100, 100)).to.be.closeTo(3, 1e-9);
    expect(await wattsAfter(0, 0)).to.be.closeTo(3, 1e-9);
    expect(await wattsAfter(100, 25)).to.be.closeTo(2.25, 1e-9);
    expect(await wattsAfter(100, 400)).to.be.closeTo(6, 1e-9);
  });
});
