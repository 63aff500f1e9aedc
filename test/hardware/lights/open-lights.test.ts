// The lights of a board by its settings: what is there is used, what is not is told.

import { expect } from 'chai';
import { lightsOf, nameOf, openLights } from '../../../hardware/lights/open-lights.js';
import type { LightsSettings } from '../../../hardware/lights/settings.js';
import { surveyLights } from '../../../hardware/lights/survey-lights.js';
import { temporaryFolder } from '../../cli/ringtmp.js';
import { type FakeSysfs, fakeSysfs } from '../../support/fake-sysfs.js';
import { createStage, type Stage } from './stage.js';

describe('lights', () => {
  const folder = temporaryFolder();
  let sysfs: FakeSysfs;
  let stage: Stage;
  let troubles: string[];
  let patterns: string[];

  beforeEach(() => {
    sysfs = fakeSysfs(folder.path);
    stage = createStage();
    [troubles, patterns] = [[], []];
  });

  const open = (settings: LightsSettings) =>
    openLights(settings, {
      onTrouble: (error) => troubles.push((error as Error).message),
      onPattern: (pattern) => patterns.push(pattern),
      clock: stage.clock,
      system: sysfs,
    });

  it('by themselves are the LEDs that are called ringtmp, and nothing else', async () => {
    for (const led of ['ACT', 'ringtmp-left', 'ringtmp-right']) sysfs.addLed(led);
    sysfs.addChip({ label: 'pinctrl-bcm2711', base: 512, lines: 58 });
    const light = await open('auto');
    expect(light.name).to.equal('led ringtmp-left, led ringtmp-right');
    await stage.passUntil(light.close());
  });

  it('are simulated where there are none', async () => {
    sysfs.addLed('ACT');
    const light = await open('auto');
    expect(light.name).to.equal('simulated');
    light.show('idle');
    expect(patterns).to.deep.equal(['idle']);
    expect(troubles).to.deep.equal([]);
  });

  it('are none, or simulated, when that is wanted', async () => {
    sysfs.addLed('ringtmp');
    expect((await open('none')).name).to.equal('none');
    expect((await open('simulated')).name).to.equal('simulated');
  });

  it('that cannot be had are told, and the board does without them', async () => {
    sysfs.addLed('ringtmp');
    const light = await open([{ gpio: 17 }, { led: 'ringtmp' }, { led: 'missing' }]);
    expect(light.name).to.equal('led ringtmp');
    expect(troubles).to.have.length(2);
    expect(troubles.join('\n')).to.match(/^no GPIO chip .*\nled missing: there is no such LED; there are ringtmp$/);
    await stage.passUntil(light.close());
    expect((await open([{ gpio: 17 }])).name).to.equal('simulated');
  });

  it('are those of the agent, which gives back what one that was killed did not', async () => {
    sysfs.addChip({ label: 'pinctrl-bcm2711', base: 512, lines: 58 });
    sysfs.exportLine(529);
    const light = await open([{ gpio: 17 }]);
    await stage.passUntil(light.close());
    expect(sysfs.isExported(529)).to.equal(false);
  });

  it('can be surveyed without being touched', () => {
    const chip = { label: 'pinctrl-rp1', base: 571, lines: 54 };
    sysfs.addChip(chip);
    sysfs.addLed('ringtmp', { trigger: '[heartbeat]' });
    expect(surveyLights('auto', sysfs)).to.deep.equal({
      hasSysfsGpio: true,
      chips: [chip],
      leds: ['ringtmp'],
      lights: [{ led: 'ringtmp' }],
    });
    expect(sysfs.led('ringtmp', 'trigger')).to.equal('[heartbeat]');
    const nothing = surveyLights([{ gpio: 4 }], { gpioRoot: '/nowhere', ledRoot: '/nowhere' });
    expect(nothing).to.deep.equal({ hasSysfsGpio: false, chips: [], leds: [], lights: [{ gpio: 4 }] });
  });

  it('are named as people wire them', () => {
    expect(lightsOf([{ gpio: 4, chip: 'pca' }, { led: 'x' }]).map(nameOf)).to.deep.equal(['gpio 4 of pca', 'led x']);
  });
});
