// Node.js, engine, memory, GPIO chips and services, as doctor sees them on machines that are made up.

import { expect } from 'chai';
import { engineCheck } from '../../../../cli/doctor/checks/engine.js';
import { gpioCheck } from '../../../../cli/doctor/checks/gpio.js';
import { memoryCheck } from '../../../../cli/doctor/checks/memory.js';
import { nodeCheck } from '../../../../cli/doctor/checks/node-version.js';
import { findingsOf, line } from '../findings.js';

const MIB = 2 ** 20;

describe('doctor looks at', () => {
  describe('Node.js', () => {
    for (const [there, level] of [
      ['20.19.0', 'ok'],
      ['20.20.1', 'ok'],
      ['22.0.0', 'ok'],
      ['20.9.9', 'problem'],
      ['18.30.0', 'problem'],
    ]) {
      it(`${there}: ${level}`, async () => {
        const [finding] = await findingsOf(nodeCheck(there, '20.19'));
        expect(finding?.level).to.equal(level);
        if (level === 'problem')
          expect(finding?.message).to.equal(`Node.js ${there} is too old: 20.19 or later is needed`);
      });
    }

    it('by what package.json says', async () => {
      const [finding] = await findingsOf(nodeCheck());
      expect(finding).to.deep.include({ level: 'ok', message: `Node.js ${process.versions.node}` });
      expect(finding?.figures?.needed).to.match(/^\d+\.\d+/);
    });
  });

  describe('the engine', () => {
    const survey = (engine: 'blas' | 'wasm') => async () => ({
      engine,
      gflops: 12.34,
      engineReason: 'why',
      engines: { [engine]: 12.34 },
      lacks: {},
    });

    it('and is content with BLAS, or with what was asked for', async () => {
      const looks = [
        engineCheck(survey('blas'), false),
        engineCheck(survey('wasm'), false),
        engineCheck(survey('wasm'), true),
      ];
      const [good, slow, asked] = await findingsOf(...looks);
      expect(asked?.level).to.equal('ok');
      expect(line(good!)).to.equal('ok engine: blas, 12.3 GFLOP/s (why)');
      expect(good?.figures).to.deep.include({ engine: 'blas', gflops: 12.34 });
      expect(line(slow!)).to.equal('warning engine: wasm, 12.3 GFLOP/s (why)');
      expect(slow?.remedy).to.include('apt install libopenblas0');
    });
  });

  describe('memory', () => {
    const look = (availableMiB: number, stageMiB: number) =>
      memoryCheck(() => ({ totalBytes: 1024 * MIB, availableBytes: availableMiB * MIB, stageBytes: stageMiB * MIB }));

    it('and warns when a stage may take more than there is', async () => {
      const [good, short] = await findingsOf(look(800, 512), look(300, 512));
      expect(line(good!)).to.equal('ok memory: 800 MiB of 1024 MiB are free; a stage may take 512 MiB');
      expect(line(short!)).to.equal('warning memory: 300 MiB of 1024 MiB are free, but a stage may take 512 MiB');
      expect(short?.remedy).to.include('--memory 150');
    });
  });

  describe('GPIO', () => {
    const survey = (hasSysfsGpio: boolean, chips: { label: string; base: number; lines: number }[]) =>
      gpioCheck(() => ({ hasSysfsGpio, chips, leds: [], lights: [] }));

    it('and tells chips with their bases', async () => {
      const chips = [
        { label: 'pinctrl-bcm2711', base: 512, lines: 58 },
        { label: 'raspberrypi-exp-gpio', base: 570, lines: 8 },
      ];
      const [finding] = await findingsOf(survey(true, chips));
      expect(line(finding!)).to.equal(
        'ok gpio: pinctrl-bcm2711: lines 0 to 57 at base 512; raspberrypi-exp-gpio: lines 0 to 7 at base 570',
      );
      expect(finding?.figures).to.deep.equal({ chips });
    });

    it('and says what to do without', async () => {
      const [bare, old] = await findingsOf(survey(true, []), survey(false, []));
      expect(line(bare!)).to.equal('warning gpio: no GPIO chip');
      expect(line(old!)).to.equal('warning gpio: this kernel has no GPIO in sysfs');
      expect(old?.remedy).to.include('dtoverlay=gpio-led');
    });
  });
});
