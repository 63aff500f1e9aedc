// When layers move off a board: not for one slow reading, not where all are slow, not for little gain.

import { expect } from 'chai';
import { SlowBoards } from '../../../master/recovery/slow-boards.js';
import type { PlanEntry } from '../../../protocol/assignment.js';

const entry = (position: number, microBatchMs: number): PlanEntry => ({
  position,
  agent: `pi-${position}`,
  firstLayer: position,
  endLayer: position + 1,
  layers: [],
  memoryBytes: 1,
  microBatchMs,
});
const PLAN = [{ ...entry(0, 0), agent: 'master' }, entry(1, 10), entry(2, 10), entry(3, 10)];
const measured = (...ms: number[]) => new Map(ms.map((each, index) => [`pi-${index + 1}`, each]));

/** Looked at every ten seconds. */
function openSlow() {
  let ms = 0;
  const slow = new SlowBoards(() => ms);
  const observe = (...taken: number[]) => {
    ms += 10_000;
    return slow.observe(PLAN, measured(...taken));
  };
  return { slow, observe, observeAtOnce: (...taken: number[]) => slow.observe(PLAN, measured(...taken)) };
}

describe('slow boards', () => {
  it('are those that exceed their plan by half more than the others, for three cuts in a row', () => {
    const { slow, observe } = openSlow();
    expect(observe(12, 36, 12)).to.equal(false);
    expect(observe(12, 36, 12)).to.equal(false);
    expect(slow.speedOf('pi-2')).to.equal(1);
    expect(observe(12, 36, 12)).to.equal(true);
    expect(slow.speedOf('pi-2')).to.be.closeTo(1 / 3, 1e-12);
    expect(slow.speedOf('pi-1')).to.equal(1);
    expect(observe(12, 36, 12), 'told once').to.equal(false);
  });

  it('are not looked at more often than each ten seconds, nor where they hold nobody up', () => {
    const { observe, observeAtOnce } = openSlow();
    for (let cut = 0; cut < 9; cut++) expect(observeAtOnce(12, 36, 12)).to.equal(false);
    // A small stage, of which most is overhead.
    const small = [{ ...entry(1, 0.1) }, entry(2, 10), entry(3, 10)];
    let ms = 0;
    const slow = new SlowBoards(() => ms);
    for (let look = 0; look < 5; look++) {
      ms += 10_000;
      expect(slow.observe(small, measured(1, 11, 11))).to.equal(false);
    }
    expect(observe(12, 12, 12)).to.equal(false);
  });

  it('are not those that were slow now and then', () => {
    const { observe } = openSlow();
    for (const second of [36, 36, 12, 36, 36, 12]) expect(observe(12, second, 12)).to.equal(false);
  });

  it('are none where all are slower than planned, or nothing is measured', () => {
    const { observe } = openSlow();
    for (let cut = 0; cut < 5; cut++) expect(observe(50, 60, 55)).to.equal(false);
    for (let cut = 0; cut < 5; cut++) expect(observe()).to.equal(false);
  });

  it('give layers away where the slowest stage gains a fifth', () => {
    const { slow, observe } = openSlow();
    for (let cut = 0; cut < 3; cut++) observe(10, 20, 10);
    expect(slow.isWorthIt(PLAN, [entry(1, 16), entry(2, 14), entry(3, 15)])).to.equal(true);
    expect(slow.isWorthIt(PLAN, [entry(1, 17), entry(2, 14), entry(3, 15)])).to.equal(false);
    // With the next plan pi-2 is slow no longer, but pi-3 is: what pi-2 lost is in that plan.
    const next = [entry(1, 16), entry(2, 16), entry(3, 16)];
    for (let cut = 0; cut < 3; cut++) observe(16, 16, 32);
    expect(slow.isWorthIt(next, [entry(1, 26), entry(2, 25), entry(3, 25)])).to.equal(false);
    expect(slow.isWorthIt(next, [entry(1, 25), entry(2, 25), entry(3, 25)])).to.equal(true);
  });
});
