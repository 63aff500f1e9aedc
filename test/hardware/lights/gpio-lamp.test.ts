// Lamps on pins: found by the label of their chip, let go of as they were found, and told plainly when they cannot be had.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { HardwareError } from '../../../errors.js';
import { findGpioChips } from '../../../hardware/lights/gpio-chips.js';
import { openGpioLamp } from '../../../hardware/lights/gpio-lamp.js';
import { openLamp } from '../../../hardware/lights/open-lights.js';
import { temporaryFolder } from '../../cli/ringtmp.js';
import { type FakeSysfs, fakeSysfs } from '../../support/fake-sysfs.js';
import { rejectionOf } from '../../transport/inbox.js';

const PI_4 = { label: 'pinctrl-bcm2711', base: 512, lines: 58 };
const EXPANDER = { label: 'raspberrypi-exp-gpio', base: 570, lines: 8 };
const PI_5 = { label: 'pinctrl-rp1', base: 571, lines: 54 };
const MOCKUP = { label: 'gpio-mockup-A', base: 700, lines: 32 };

describe('gpio lamp', () => {
  const folder = temporaryFolder();
  let sysfs: FakeSysfs;
  beforeEach(() => {
    sysfs = fakeSysfs(folder.path);
  });

  const open = (gpio: number, chip?: string) => openGpioLamp({ gpio, activeLow: false, chip }, sysfs);
  const fault = async (gpio: number, chip?: string) => {
    const error = await rejectionOf(open(gpio, chip));
    expect(error).to.be.instanceOf(HardwareError);
    expect(error.remedy).to.match(/\.$/);
    return error;
  };

  it('finds the chips that there are, by base', () => {
    for (const chip of [PI_5, PI_4]) sysfs.addChip(chip);
    expect(findGpioChips(sysfs.gpioRoot)).to.deep.equal([PI_4, PI_5]);
    expect(findGpioChips(`${folder.path}/nowhere`)).to.deep.equal([]);
  });

  for (const [board, chips, line] of [
    ['a Pi 4', [PI_4, EXPANDER], 512 + 17],
    ['a Pi 5', [PI_5, { ...EXPANDER, base: 512 }], 571 + 17],
    [
      'a Pi 3 with an older kernel',
      [
        { label: 'pinctrl-bcm2835', base: 458, lines: 54 },
        { ...EXPANDER, base: 400 },
      ],
      458 + 17,
    ],
  ] as const) {
    it(`adds the base that the chip of ${board} has`, async () => {
      for (const chip of chips) sysfs.addChip(chip);
      const lamp = await open(17);
      expect(lamp.name).to.equal('gpio 17');
      expect(sysfs.level(line)).to.equal(0);
      await lamp.set(true);
      expect(sysfs.level(line)).to.equal(1);
    });
  }

  it('takes another chip where one is named', async () => {
    for (const chip of [PI_4, MOCKUP]) sysfs.addChip(chip);
    const lamp = await open(3, 'gpio-mockup');
    expect(lamp.name).to.equal('gpio 3 of gpio-mockup');
    expect(sysfs.isExported(703)).to.equal(true);
    await lamp.close();
    expect(sysfs.isExported(703)).to.equal(false);
  });

  it('leaves a line exported that was so before: somebody else may use it', async () => {
    sysfs.addChip(PI_4);
    sysfs.exportLine(529);
    const lamp = await open(17);
    await lamp.set(true);
    await lamp.close();
    expect(sysfs.level(529)).to.equal(0);
    expect(sysfs.isExported(529)).to.equal(true);
  });

  for (const end of ['close', 'putOut'] as const) {
    it(`takes over a line that an agent left exported when it was killed, and lets go of it (${end})`, async () => {
      sysfs.addChip(PI_4);
      const killed = await openLamp({ gpio: 17 }, sysfs, true);
      await killed.set(true);
      const lamp = await openLamp({ gpio: 17 }, sysfs, true);
      expect(sysfs.level(529)).to.equal(0);
      await lamp[end]();
      expect(sysfs.isExported(529)).to.equal(false);
    });
  }

  it('leaves no line exported that it may not use, but one that was so before', async () => {
    sysfs.addChip(PI_4);
    sysfs.refuse(529, 'EACCES');
    await fault(17);
    expect(sysfs.isExported(529)).to.equal(false);
    sysfs.exportLine(529);
    await fault(17);
    expect(sysfs.isExported(529)).to.equal(true);
  });

  it('lets go of such a line by the file of the kernel', async () => {
    sysfs.addChip(PI_4);
    const { gpioRoot, openPin } = sysfs;
    sysfs.refuse(529, 'EACCES');
    await rejectionOf(openGpioLamp({ gpio: 17, activeLow: false }, { gpioRoot, openPin }));
    expect(readFileSync(join(gpioRoot, 'unexport'), 'utf8')).to.equal('529');
  });

  it('says when the kernel has no GPIO in sysfs', async () => {
    const error = await rejectionOf(openGpioLamp({ gpio: 17, activeLow: false }, { gpioRoot: '/nowhere/gpio' }));
    expect(error.message).to.equal('this kernel has no GPIO in /nowhere/gpio');
    expect(error.remedy).to.include('dtoverlay=gpio-led');
  });

  it('says which chips there are when the one that it looks for is not', async () => {
    expect((await fault(17)).message).to.match(/begins with pinctrl-bcm or pinctrl-rp1: there is none at all$/);
    sysfs.addChip(MOCKUP);
    expect((await fault(17)).message).to.match(/: there are gpio-mockup-A$/);
    expect((await fault(17, 'pca9555')).message).to.equal(
      'no GPIO chip has a label that begins with pca9555: there are gpio-mockup-A',
    );
  });

  it('says which lines there are when there is no such one', async () => {
    sysfs.addChip(PI_5);
    expect((await fault(54)).message).to.equal('gpio 54 does not exist: pinctrl-rp1 has lines 0 to 53');
  });

  for (const [code, message, remedy] of [
    ['EBUSY', /^gpio 17 \(line 529 of the kernel\): it is in use by a driver or another program$/, /debug\/gpio/],
    ['EACCES', /this process may not use it$/, /group gpio/],
    ['EPERM', /this process may not use it$/, /usermod -aG gpio/],
    ['EROFS', /\/sys is read-only/, /ReadWritePaths=/],
    ['EIO', /its chip does not answer$/, /ringtmp doctor/],
    ['EWEIRD', /EWEIRD: made up$/, /dmesg/],
  ] as const) {
    it(`says what ${code} means, and what to do`, async () => {
      sysfs.addChip(PI_4);
      sysfs.refuse(529, code);
      const error = await fault(17);
      expect(error.message).to.match(message);
      expect(error.remedy).to.match(remedy);
    });
  }

  it('says when the pin was taken away meanwhile, and goes all the same', async () => {
    sysfs.addChip(PI_4);
    const lamp = await open(17);
    sysfs.refuse(529, 'ENODEV');
    const error = await rejectionOf(lamp.set(true));
    expect(error.message).to.equal('gpio 17: it was taken away: another program unexported it');
    lamp.putOut();
    lamp.putOut();
    await lamp.close();
    expect(sysfs.isExported(529)).to.equal(false);
  });

  it('with the real onoff says what the real kernel refuses', async () => {
    sysfs.addChip({ label: 'pinctrl-bcm2711', base: 900_000, lines: 58 });
    const error = await rejectionOf(openGpioLamp({ gpio: 17, activeLow: true }, { gpioRoot: sysfs.gpioRoot }));
    expect(error).to.be.instanceOf(HardwareError);
    expect(error.message).to.match(/^gpio 17 \(line 900017 of the kernel\): |onoff/);
  });
});
