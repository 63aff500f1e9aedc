// What every status light does, whatever is behind it: pins, LEDs of the kernel, several at once, or none.

import { expect } from 'chai';
import { openGpioLamp } from '../../hardware/lights/gpio-lamp.js';
import type { Lamp } from '../../hardware/lights/lamp.js';
import { openLedLamp } from '../../hardware/lights/led-lamp.js';
import { playPatterns } from '../../hardware/lights/pattern-player.js';
import { simulatedLight } from '../../hardware/lights/simulated-light.js';
import { LIGHT_PATTERNS, type LightPattern, type StatusLight } from '../../hardware/lights/status-light.js';
import { temporaryFolder } from '../cli/ringtmp.js';
import { createStage, type Stage } from '../hardware/lights/stage.js';
import { type FakeSysfs, fakeSysfs } from '../support/fake-sysfs.js';

interface Bench {
  readonly light: StatusLight;
  /** Whether anything of it shines now. */
  isLit(): boolean;
}

const BASE = 571;
const LONGEST_DARK_MS = 2_000;

describe('a status light', () => {
  const folder = temporaryFolder();

  const pin = (sysfs: FakeSysfs, gpio: number, activeLow: boolean): Promise<Lamp> => {
    return openGpioLamp({ gpio, activeLow }, sysfs);
  };
  const play = (stage: Stage, lamps: readonly Lamp[]): StatusLight => {
    const onTrouble = (error: unknown) => expect.fail(String(error));
    return playPatterns(
      lamps.map((lamp) => stage.attend(lamp)),
      { clock: stage.clock, onTrouble },
    );
  };

  const KINDS: Readonly<Record<string, (stage: Stage, sysfs: FakeSysfs) => Promise<Bench>>> = {
    'of a pin': async (stage, sysfs) => {
      return { light: play(stage, [await pin(sysfs, 17, false)]), isLit: () => sysfs.level(BASE + 17) === 1 };
    },
    'of a pin that is active low': async (stage, sysfs) => {
      return { light: play(stage, [await pin(sysfs, 17, true)]), isLit: () => sysfs.level(BASE + 17) === 0 };
    },
    'of an LED of the kernel': async (stage, sysfs) => {
      const light = play(stage, [await openLedLamp('ringtmp', sysfs.ledRoot)]);
      return { light, isLit: () => sysfs.led('ringtmp', 'brightness') !== '0' };
    },
    'of a pin and an LED': async (stage, sysfs) => {
      const light = play(stage, [await pin(sysfs, 4, false), await openLedLamp('ringtmp', sysfs.ledRoot)]);
      return { light, isLit: () => sysfs.level(BASE + 4) === 1 || sysfs.led('ringtmp', 'brightness') !== '0' };
    },
    'that is simulated': async () => {
      let shown: LightPattern = 'offline';
      const light = simulatedLight((pattern) => {
        shown = pattern;
      });
      return { light, isLit: () => shown !== 'offline' };
    },
  };

  for (const [kind, open] of Object.entries(KINDS)) {
    describe(kind, () => {
      let stage: Stage;
      let bench: Bench;

      beforeEach(async () => {
        const sysfs = fakeSysfs(folder.path);
        sysfs.addChip({ label: 'pinctrl-rp1', base: BASE, lines: 54 });
        sysfs.addLed('ringtmp', { trigger: 'none [heartbeat]' });
        stage = createStage();
        bench = await open(stage, sysfs);
      });

      const isSeen = async (ms: number): Promise<boolean> => {
        let seen = bench.isLit();
        for (let passed = 0; passed < ms && !seen; passed += 50) {
          await stage.pass(50);
          seen = bench.isLit();
        }
        return seen;
      };

      it('has a name and begins dark', async () => {
        expect(bench.light.name).to.match(/\S/);
        bench.light.show('offline');
        expect(await isSeen(LONGEST_DARK_MS)).to.equal(false);
      });

      for (const pattern of LIGHT_PATTERNS.filter((each) => each !== 'offline')) {
        it(`is seen when it shows ${pattern}, and goes dark when the board is offline`, async () => {
          bench.light.show(pattern);
          expect(await isSeen(LONGEST_DARK_MS)).to.equal(true);
          bench.light.show('offline');
          await stage.pass(100);
          expect(await isSeen(LONGEST_DARK_MS)).to.equal(false);
        });
      }

      it('goes dark when it is closed, also twice, and stays so', async () => {
        bench.light.show('identify');
        await stage.pass(50);
        await stage.passUntil(Promise.all([bench.light.close(), bench.light.close()]));
        bench.light.show('identify');
        expect(await isSeen(LONGEST_DARK_MS)).to.equal(false);
      });

      it('goes dark at once when the process ends, and stays so', async () => {
        bench.light.show('identify');
        await stage.pass(50);
        expect(bench.isLit()).to.equal(true);
        bench.light.goDark();
        expect(bench.isLit()).to.equal(false);
        bench.light.show('identify');
        await stage.passUntil(bench.light.close());
        bench.light.goDark();
        expect(await isSeen(LONGEST_DARK_MS)).to.equal(false);
      });
    });
  }
});
