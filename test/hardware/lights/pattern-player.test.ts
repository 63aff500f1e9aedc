// The rhythm of each pattern on a clock that the test turns, and what a lamp that fails or hangs does to the others.

import { expect } from 'chai';
import fc from 'fast-check';
import type { Lamp } from '../../../hardware/lights/lamp.js';
import { LEAST_GAP_MS } from '../../../hardware/lights/paced-lamp.js';
import { playPatterns } from '../../../hardware/lights/pattern-player.js';
import { PATTERNS } from '../../../hardware/lights/patterns.js';
import { LIGHT_PATTERNS } from '../../../hardware/lights/status-light.js';
import { createStage, type FakeLamp, fakeLamp, type Stage } from './stage.js';

describe('pattern player', () => {
  let stage: Stage;
  let lamp: FakeLamp;
  let troubles: string[];

  beforeEach(() => {
    stage = createStage();
    lamp = fakeLamp('a', stage.clock.nowMs);
    troubles = [];
  });

  const play = (...lamps: Lamp[]) => {
    return playPatterns(
      lamps.map((each) => stage.attend(each)),
      { clock: stage.clock, onTrouble: (error) => troubles.push((error as Error).message) },
    );
  };

  for (const pattern of LIGHT_PATTERNS) {
    it(`keeps the rhythm of ${pattern}`, async () => {
      const beats = PATTERNS[pattern];
      const cycleMs = beats.reduce((sum, ms) => sum + ms, 0);
      play(lamp).show(pattern);
      await stage.pass(3 * cycleMs);
      const lengths = lamp.changes.slice(1).map(({ ms }, index) => ms - (lamp.changes[index]?.ms ?? 0));
      const expected = [...beats, ...beats, ...beats].slice(0, lengths.length);
      expect(lengths.length).to.be.at.least(beats.length === 0 ? 0 : 3 * beats.length - 1);
      expect(lengths).to.deep.equal(expected);
      expect(lamp.changes.every(({ lit }, index) => lit === (index % 2 === 0))).to.equal(true);
    });
  }

  it('has patterns that can be told from each other, and none faster than lamps may follow', () => {
    expect(new Set(Object.values(PATTERNS).map((beats) => beats.join(' '))).size).to.equal(LIGHT_PATTERNS.length);
    for (const beats of Object.values(PATTERNS)) {
      expect(beats.length % 2).to.equal(0);
      for (const ms of beats) expect(ms).to.be.at.least(LEAST_GAP_MS);
    }
  });

  it('lets several lamps shine together', async () => {
    const other = fakeLamp('b', stage.clock.nowMs);
    const light = play(lamp, other);
    expect(light.name).to.equal('a, b');
    light.show('backward');
    await stage.pass(2_000);
    expect(other.changes).to.deep.equal(lamp.changes);
    expect(lamp.changes).to.have.length.above(6);
  });

  it('begins a pattern once, however often it is shown', async () => {
    const light = play(lamp);
    for (let count = 0; count < 20; count++) {
      light.show('idle');
      await stage.pass(100);
    }
    expect(lamp.changes.map(({ lit }) => lit)).to.deep.equal([true, false, true]);
  });

  it('returns before anything is written', () => {
    const light = play({ ...lamp, set: () => new Promise(() => {}) });
    light.show('identify');
    light.show('idle');
    expect(lamp.changes).to.deep.equal([]);
  });

  it('never writes more often than lamps may follow, whatever is shown, and ends as was shown last', async () => {
    const shows = fc.array(fc.tuple(fc.constantFrom(...LIGHT_PATTERNS), fc.integer({ min: 0, max: 120 })), {
      maxLength: 40,
    });
    await fc.assert(
      fc.asyncProperty(shows, async (sequence) => {
        stage = createStage();
        lamp = fakeLamp('a', stage.clock.nowMs);
        const light = play(lamp);
        for (const [pattern, ms] of sequence) {
          light.show(pattern);
          await stage.pass(ms);
        }
        light.show('offline');
        await stage.pass(2 * LEAST_GAP_MS);
        const gaps = lamp.changes.slice(1).map(({ ms }, index) => ms - (lamp.changes[index]?.ms ?? 0));
        expect(Math.min(LEAST_GAP_MS, ...gaps)).to.equal(LEAST_GAP_MS);
        expect(lamp.isLit).to.equal(false);
      }),
      { numRuns: 30, seed: 5 },
    );
  });

  it('tells the fault of a lamp once, and plays on with the others and with this one once it works again', async () => {
    let works = false;
    const set = async (lit: boolean) => {
      if (!works) throw new Error('gone');
      await lamp.set(lit);
    };
    const other = fakeLamp('b', stage.clock.nowMs);
    const light = play({ ...lamp, set }, other);
    light.show('forward');
    await stage.pass(2_000);
    expect(troubles).to.deep.equal(['gone']);
    expect(other.changes).to.have.length.above(6);
    works = true;
    await stage.pass(1_000);
    expect(lamp.changes).to.have.length.above(2);
    works = false;
    await stage.pass(1_000);
    expect(troubles).to.deep.equal(['gone']);
  });

  it('closes in time although a lamp hangs', async () => {
    const hangs = () => new Promise<void>(() => {});
    const light = playPatterns([{ ...lamp, set: hangs, close: hangs }], {
      clock: stage.clock,
      onTrouble: (error) => troubles.push(String(error)),
    });
    light.show('identify');
    await stage.passUntil(light.close());
    expect(stage.clock.nowMs()).to.be.within(500, 1_100);
  });

  it('tells of a lamp that cannot be closed, and closes', async () => {
    const close = () => Promise.reject(new Error('stuck'));
    await stage.passUntil(play({ ...lamp, close }).close());
    expect(troubles).to.deep.equal(['stuck']);
  });

  it('is called none without lamps', () => {
    expect(play().name).to.equal('none');
  });
});
