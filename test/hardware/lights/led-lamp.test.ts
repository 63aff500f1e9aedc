// LEDs of the kernel: taken from their trigger and given back to it.

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { HardwareError } from '../../../errors.js';
import { ledFault } from '../../../hardware/lights/led-faults.js';
import { findLeds, openLedLamp } from '../../../hardware/lights/led-lamp.js';
import { temporaryFolder } from '../../cli/ringtmp.js';
import { type FakeSysfs, fakeSysfs } from '../../support/fake-sysfs.js';
import { rejectionOf } from '../../transport/inbox.js';

describe('led lamp', () => {
  const folder = temporaryFolder();
  let sysfs: FakeSysfs;
  beforeEach(() => {
    sysfs = fakeSysfs(folder.path);
  });

  const open = (led: string) => openLedLamp(led, sysfs.ledRoot);

  it('shines as bright as it can, whatever its scale', async () => {
    sysfs.addLed('ringtmp', { maxBrightness: 1 });
    const lamp = await open('ringtmp');
    expect(lamp.name).to.equal('led ringtmp');
    await lamp.set(true);
    expect(sysfs.led('ringtmp', 'brightness')).to.equal('1');
    await lamp.set(false);
    expect(sysfs.led('ringtmp', 'brightness')).to.equal('0');
  });

  for (const [how, end] of [
    ['closed', 'close'],
    ['put out at the end of the process', 'putOut'],
  ] as const) {
    it(`has no trigger while it is ours, and its own again once it is ${how}`, async () => {
      sysfs.addLed('ACT', { trigger: 'none timer [mmc0] heartbeat' });
      const lamp = await open('ACT');
      expect(sysfs.led('ACT', 'trigger')).to.equal('none');
      await lamp.set(true);
      await lamp[end]();
      expect(sysfs.led('ACT', 'brightness')).to.equal('0');
      expect(sysfs.led('ACT', 'trigger')).to.equal('mmc0');
      await writeFile(join(sysfs.ledRoot, 'ACT', 'trigger'), 'timer');
      await lamp.close();
      lamp.putOut();
      expect(sysfs.led('ACT', 'trigger'), 'it is no longer ours').to.equal('timer');
    });
  }

  it('has its trigger again when the process ends while it is being closed', async () => {
    sysfs.addLed('ACT', { trigger: 'none [mmc0]' });
    const lamp = await open('ACT');
    const closing = lamp.close();
    lamp.putOut();
    expect(sysfs.led('ACT', 'trigger')).to.equal('mmc0');
    await closing;
    expect(sysfs.led('ACT', 'trigger')).to.equal('mmc0');
  });

  for (const [what, node, properties, trigger] of [
    ['by its label', 'led-act', { label: 'ACT', 'linux,default-trigger': 'mmc0' }, 'mmc0'],
    ['by its node', 'ACT@0', { 'linux,default-trigger': 'heartbeat' }, 'heartbeat'],
    ['with no trigger', 'led-act', { label: 'ACT' }, 'none'],
    ['not at all', 'led-pwr', { label: 'PWR', 'linux,default-trigger': 'default-on' }, 'none'],
  ] as const) {
    it(`that an agent left when it was killed has "${trigger}" again where the device tree knows it ${what}`, async () => {
      sysfs.addLed('ACT', { trigger: 'none timer [mmc0] heartbeat' });
      sysfs.addToTree('ACT', node, properties);
      await openLedLamp('ACT', sysfs.ledRoot, true); // and is killed
      expect(sysfs.led('ACT', 'trigger')).to.equal('none');
      const next = await openLedLamp('ACT', sysfs.ledRoot, true);
      expect(sysfs.led('ACT', 'trigger')).to.equal('none');
      await next.close();
      expect(sysfs.led('ACT', 'trigger')).to.equal(trigger);
    });
  }

  it('is left without a trigger by whoever only looks on: an agent may have it', async () => {
    sysfs.addLed('ACT');
    sysfs.addToTree('ACT', 'led-act', { label: 'ACT', 'linux,default-trigger': 'mmc0' });
    await (await open('ACT')).close();
    expect(sysfs.led('ACT', 'trigger')).to.equal('none');
    await (await openLedLamp('ACT', sysfs.ledRoot, true)).close();
    expect(sysfs.led('ACT', 'trigger')).to.equal('mmc0');
  });

  it('does without a trigger where there is none', async () => {
    sysfs.addLed('bare', { trigger: null });
    const lamp = await open('bare');
    await lamp.set(true);
    await lamp.close();
    expect(sysfs.led('bare', 'brightness')).to.equal('0');
    expect(() => sysfs.led('bare', 'trigger')).to.throw('ENOENT');
  });

  it('says which LEDs there are when there is no such one', async () => {
    for (const led of ['PWR', 'ACT']) sysfs.addLed(led);
    expect(findLeds(sysfs.ledRoot)).to.deep.equal(['ACT', 'PWR']);
    const error = await rejectionOf(open('ringtmp'));
    expect(error).to.be.instanceOf(HardwareError);
    expect(error.message).to.equal('led ringtmp: there is no such LED; there are ACT, PWR');
    expect(error.remedy).to.include('dtoverlay=gpio-led,gpio=17,label=ringtmp');
    expect((await rejectionOf(openLedLamp('x', '/nowhere'))).message).to.equal('led x: there is no such LED');
  });

  it('says when it is taken away meanwhile', async () => {
    sysfs.addLed('usb');
    const lamp = await open('usb');
    await rm(join(sysfs.ledRoot, 'usb'), { recursive: true });
    expect(await rejectionOf(lamp.set(true))).to.include({ message: 'led usb: there is no such LED' });
    lamp.putOut();
    await lamp.close();
  });

  for (const [code, message, remedy] of [
    ['EACCES', 'this process may not use it', 'group gpio'],
    ['EROFS', '/sys is read-only for this process', 'ReadWritePaths=/sys/class/leds'],
    ['EBUSY', 'another program holds it', '/sys/class/leds/ACT/trigger'],
    ['EWEIRD', 'made up', 'dmesg'],
  ]) {
    it(`says what ${code} means, and what to do`, () => {
      const error = ledFault('ACT', [], Object.assign(new Error('made up'), { code }));
      expect(error.message).to.equal(`led ACT: ${message}`);
      expect(error.remedy).to.include(remedy);
    });
  }
});
