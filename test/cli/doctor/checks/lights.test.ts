// Each light blinks, in turns, and is left as it was found.

import { expect } from 'chai';
import { lightsCheck } from '../../../../cli/doctor/checks/lights.js';
import type { LightsSettings } from '../../../../hardware/lights/settings.js';
import type { StatusLight } from '../../../../hardware/lights/status-light.js';
import { type FakeSysfs, fakeSysfs } from '../../../support/fake-sysfs.js';
import { temporaryFolder } from '../../ringtmp.js';
import { findingsOf, line } from '../findings.js';

describe('doctor looks at lights', () => {
  const folder = temporaryFolder();
  let sysfs: FakeSysfs;
  let lit: string[];
  let opened: StatusLight[];

  beforeEach(() => {
    sysfs = fakeSysfs(folder.path);
    [lit, opened] = [[], []];
    for (const led of ['ACT', 'ringtmp-a', 'ringtmp-b']) sysfs.addLed(led, { trigger: 'none [mmc0]' });
  });

  /** As soon as a light is lit, enough has been seen. */
  const pause = async () => {
    const shining = () => ['ACT', 'ringtmp-a', 'ringtmp-b'].filter((led) => sysfs.led(led, 'brightness') === '255');
    while (shining().length === 0) await new Promise(setImmediate);
    lit.push(shining().join());
  };
  const look = (settings: LightsSettings, blink = true) =>
    findingsOf(lightsCheck({ settings, blink, pause, onOpened: (light) => opened.push(light), system: sysfs }));

  it('and lets one after the other blink', async () => {
    expect((await look('auto')).map(line)).to.deep.equal([
      'ok lights: led ringtmp-a blinked',
      'ok lights: led ringtmp-b blinked',
    ]);
    expect(lit).to.deep.equal(['ringtmp-a', 'ringtmp-b']);
    expect(opened).to.have.length(2);
    for (const led of ['ringtmp-a', 'ringtmp-b']) {
      expect(sysfs.led(led, 'brightness')).to.equal('0');
      expect(sysfs.led(led, 'trigger')).to.equal('mmc0');
    }
  });

  it('and leaves those to a running agent that it has', async () => {
    sysfs.addChip({ label: 'pinctrl-bcm2711', base: 512, lines: 58 });
    sysfs.exportLine(529);
    sysfs.addLed('taken');
    sysfs.addToTree('taken', 'taken', { 'linux,default-trigger': 'mmc0' });
    const glance = async () => {};
    const settings = [{ gpio: 17 }, { led: 'taken' }];
    await findingsOf(lightsCheck({ settings, blink: true, pause: glance, onOpened: () => {}, system: sysfs }));
    expect(sysfs.isExported(529)).to.equal(true);
    expect(sysfs.led('taken', 'trigger')).to.equal('none');
  });

  it('but touches none when it is told so', async () => {
    const [finding] = await look([{ led: 'ACT' }], false);
    expect(line(finding!)).to.equal('ok lights: led ACT, not tried (--no-blink)');
    expect(sysfs.led('ACT', 'trigger')).to.equal('none [mmc0]');
    expect(opened).to.deep.equal([]);
  });

  it('and tells which cannot be had', async () => {
    sysfs.addChip({ label: 'pinctrl-bcm2711', base: 512, lines: 58 });
    sysfs.refuse(529, 'EACCES');
    const [pin, led] = await look([{ gpio: 17 }, { led: 'ACT' }]);
    expect(line(pin!)).to.equal('problem lights: gpio 17 (line 529 of the kernel): this process may not use it');
    expect(pin?.remedy).to.include('group gpio');
    expect(led).to.include({ level: 'ok' });
  });

  it('and says how to have one', async () => {
    const system = { gpioRoot: '/nowhere', ledRoot: '/nowhere' };
    const [none] = await findingsOf(lightsCheck({ settings: 'auto', blink: true, pause, onOpened: () => {}, system }));
    expect(line(none!)).to.equal('warning lights: no LED is called ringtmp; there are no LEDs at all');
    expect(none?.remedy).to.include('--lights');
    const [asTold] = await look('simulated');
    expect(line(asTold!)).to.equal('ok lights: none, as told (lights: simulated)');
  });
});
