// The lights of a process are dark once it has ended, however it ends; and what may be typed after --lights.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { blaming, parseLights } from '../../cli/lights.js';
import { LIGHT_PATTERNS, type LightPattern } from '../../hardware/lights/status-light.js';
import { fakeSysfs } from '../support/fake-sysfs.js';
import { ringtmp, temporaryFolder } from './ringtmp.js';

const PROGRAM = join(import.meta.dirname, 'light-left-on.js');

describe('the lights of a process', function () {
  this.timeout(20_000);
  const folder = temporaryFolder();

  for (const [how, end, code, signal] of [
    ['exits', 'exit', 3, null],
    ['fails', 'throw', 1, null],
    ['is told to stop', 'serve', 0, 'SIGTERM'],
    ['has its terminal closed', 'serve', 0, 'SIGHUP'],
  ] as const) {
    it(`are dark, and their trigger is as it was, when it ${how}`, async () => {
      const sysfs = fakeSysfs(folder.path);
      sysfs.addLed('ringtmp', { trigger: 'none [mmc0] timer' });
      // Away from the terminal of whoever runs the tests: with pipes alone it would look like one under nohup.
      const options = { stdio: ['ignore', 'pipe', 'ignore'] as ['ignore', 'pipe', 'ignore'], detached: true };
      const child = spawn(process.execPath, [PROGRAM, end, sysfs.ledRoot], options);
      const [[said], [exitCode]] = await Promise.all([
        once(child.stdout, 'data').then((data) => {
          if (signal !== null) child.kill(signal);
          return data;
        }),
        once(child, 'close'),
      ]);
      expect(String(said)).to.equal('lit\n');
      expect(exitCode).to.equal(code);
      expect(sysfs.led('ringtmp', 'brightness')).to.equal('0');
      expect(sysfs.led('ringtmp', 'trigger')).to.equal('mmc0');
    });
  }

  it('shine on under nohup when the terminal is closed', async () => {
    const sysfs = fakeSysfs(folder.path);
    sysfs.addLed('ringtmp');
    // A shell whose only command this is becomes that command.
    const words = ['-c', 'nohup "$0" "$@"', process.execPath, PROGRAM, 'serve', sysfs.ledRoot];
    const child = spawn('bash', words, { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = once(child, 'close');
    await once(child.stdout, 'data');
    child.kill('SIGHUP');
    // The next signal is handled after the one before: had that been heeded, this were the second, and the code 130.
    child.kill('SIGTERM');
    expect(await ended).to.deep.equal([0, null]);
    expect(sysfs.led('ringtmp', 'brightness')).to.equal('0');
  });
});

describe('the light of a board whose new configuration was refused', () => {
  it('blinks an error where it would idle or has no connection, and shows all else', () => {
    const shown: LightPattern[] = [];
    const light = blaming({
      name: 'a',
      show: (pattern) => shown.push(pattern),
      close: async () => {},
      goDark: () => {},
    });
    for (const pattern of LIGHT_PATTERNS) light.show(pattern);
    expect(shown).to.deep.equal(
      LIGHT_PATTERNS.map((pattern) => (['idle', 'offline'].includes(pattern) ? 'error' : pattern)),
    );
    expect(light.name).to.equal('a');
  });
});

describe('--lights', function () {
  this.timeout(20_000);

  it('is a word or a list, as in the settings', () => {
    expect(parseLights('auto')).to.equal('auto');
    expect(parseLights('[{ gpio: 17, activeLow: true }, { led: ACT }]')).to.deep.equal([
      { gpio: 17, activeLow: true },
      { led: 'ACT' },
    ]);
  });

  for (const [text, message] of [
    ['[{ gpoi: 17 }]', /'--lights <setting>' argument .* lights: 0\.gpoi is not a known key, did you mean "gpio"\?/],
    ['[{ gpio: 17', /argument .* is invalid\. lights, line 1/],
    ['bright', /expected auto, simulated, none, or a list of 1 to 8 lights/],
  ] as const) {
    it(`refuses ${text}`, async () => {
      const { code, stderr } = await ringtmp(['agent', '--id', 'a', '--lights', text]);
      expect(stderr).to.match(message);
      expect(code).to.equal(2);
    });
  }
});
