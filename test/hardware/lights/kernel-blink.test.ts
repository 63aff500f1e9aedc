// Which LEDs the kernel is told to blink, and how.

import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { blinkByKernel } from '../../../hardware/lights/kernel-blink.js';
import { temporaryFolder } from '../../cli/ringtmp.js';
import { type FakeSysfs, fakeSysfs } from '../../support/fake-sysfs.js';

describe('a blinking that the kernel does by itself', () => {
  const folder = temporaryFolder();
  let sysfs: FakeSysfs;
  beforeEach(() => {
    sysfs = fakeSysfs(folder.path);
    for (const led of ['ACT', 'PWR', 'input0::capslock']) sysfs.addLed(led, { trigger: 'none timer [mmc0]' });
  });

  it('is shown by the LED on the board where none is ours', async () => {
    expect(await blinkByKernel(sysfs.ledRoot)).to.deep.equal(['ACT']);
    expect(sysfs.led('ACT', 'trigger')).to.equal('timer');
    const delays = ['delay_on', 'delay_off'].map((name) => readFile(join(sysfs.ledRoot, 'ACT', name), 'utf8'));
    expect(await Promise.all(delays)).to.deep.equal(['500', '250']);
    expect(sysfs.led('PWR', 'trigger')).to.equal('none timer [mmc0]');
  });

  it('is shown by ours where there are any, and leaves the others alone', async () => {
    for (const led of ['ringtmp', 'ringtmp:2']) sysfs.addLed(led);
    expect(await blinkByKernel(sysfs.ledRoot)).to.deep.equal(['ringtmp', 'ringtmp:2']);
    expect(sysfs.led('ACT', 'trigger')).to.equal('none timer [mmc0]');
  });

  it('is shown by none where the kernel refuses it, or has no LED', async () => {
    await rm(join(sysfs.ledRoot, 'ACT/trigger'));
    await mkdir(join(sysfs.ledRoot, 'ACT/trigger')); // not to be written to
    expect(await blinkByKernel(sysfs.ledRoot)).to.deep.equal([]);
    expect(await blinkByKernel(join(folder.path, 'nowhere'))).to.deep.equal([]);
  });
});
