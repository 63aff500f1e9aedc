// When a run is cut, and when a cut counts.

import { expect } from 'chai';
import type { CutRule } from '../../../master/recovery/cut-interval.js';
import { Cuts } from '../../../master/recovery/cuts.js';
import type { Cut } from '../../../master/recovery/holdings.js';
import type { Mode } from '../../../protocol/run-spec.js';
import { entryOf, planOf } from './snapshot-entries.js';

/** Two boards; the master holds nothing, but is the clockwise neighbour of the second. */
const PLAN = planOf([
  ['master', 4, 4],
  ['pi-1', 0, 2],
  ['pi-2', 2, 4],
]);
const BY_STEPS: CutRule = { everySteps: 10, everyMs: () => 0 };

describe('cuts', () => {
  let nowMs = 0;
  let told: { cut: Cut; costMs: number }[] = [];
  let committed = 0;
  let settle: { resolve(): void; reject(error: Error): void };
  const open = (rule = BY_STEPS, mode: Mode = 'ring', before: readonly Cut[] = []) => {
    nowMs = committed = 0;
    told = [];
    const cuts = new Cuts({
      rule,
      mode,
      nowMs: () => nowMs,
      committed: before,
      commit: (cut, costMs) => {
        told.push({ cut, costMs });
        return new Promise((resolve, reject) => {
          settle = { resolve, reject };
        });
      },
      onCommitted: () => {
        committed++;
      },
    });
    cuts.begin(PLAN, 0);
    return cuts;
  };
  const turn = () => new Promise(setImmediate);
  const keepAll = (cuts: Cuts, step: number) => {
    for (const position of [1, 2]) cuts.keep(position, entryOf(step, 0, 2));
    for (const position of [0, 2]) cuts.keep(position, entryOf(step, 2, 4));
  };
  const commit = async (cuts: Cuts, step: number) => {
    expect(cuts.isDue(step)).to.equal(true);
    keepAll(cuts, step);
    settle.resolve();
    await turn();
  };

  it('are due every so many steps, one at a time', async () => {
    const cuts = open();
    expect([1, 9, 10, 11, 30].map((step) => cuts.isDue(step))).to.deep.equal([false, false, true, false, false]);
    keepAll(cuts, 10);
    expect(cuts.isDue(40)).to.equal(false); // it is being written down
    settle.resolve();
    await turn();
    expect(cuts.isDue(19)).to.equal(false);
    expect(cuts.isDue(41)).to.equal(true);
  });

  it('are due by time, which begins anew with each, from what the last one cost', async () => {
    const costs: (number | null)[] = [];
    const everyMs = (costMs: number | null) => {
      costs.push(costMs);
      return 100;
    };
    const cuts = open({ everySteps: null, everyMs });
    nowMs = 99;
    expect(cuts.isDue(1)).to.equal(false);
    nowMs = 100;
    expect(cuts.isDue(2)).to.equal(true);
    nowMs = 107;
    keepAll(cuts, 2);
    settle.resolve();
    await turn();
    expect(told[0]?.costMs).to.equal(7);
    nowMs = 206;
    expect(cuts.isDue(3)).to.equal(false);
    nowMs = 207;
    expect(cuts.isDue(3)).to.equal(true);
    expect(costs).to.deep.equal([null, null, 7, 7]);
  });

  it('are due at the next step that is asked for', () => {
    const cuts = open();
    cuts.ask();
    expect(cuts.isDue(0)).to.equal(false); // it begins there
    expect(cuts.isDue(1)).to.equal(true);
  });

  it('count once every stage lies at its own board and at the neighbour, and it is written down', async () => {
    const cuts = open();
    expect(cuts.isDue(10)).to.equal(true);
    const parts: [number, ReturnType<typeof entryOf>][] = [
      [2, entryOf(10, 2, 4)],
      [2, entryOf(10, 0, 2)],
      [1, entryOf(10, 0, 2)],
      [0, entryOf(10, 2, 4)],
    ];
    for (const [position, entry] of parts) {
      expect(told).to.have.length(0);
      cuts.keep(position, entry);
      cuts.keep(position, entry); // told twice
      cuts.keep(1, entryOf(9, 0, 2));
      cuts.keep(1, entryOf(10, 2, 4)); // not its to keep
      cuts.keep(7, entryOf(10, 0, 4));
    }
    expect(told.map(({ cut }) => cut)).to.deep.equal([
      { step: 10, agents: ['master', 'pi-1', 'pi-2'], snapshots: [entryOf(10, 0, 2), entryOf(10, 2, 4)] },
    ]);
    expect(cuts.committed).to.have.length(0);
    settle.resolve();
    await turn();
    expect(cuts.committed.map(({ step }) => step)).to.deep.equal([10]);
    expect(committed).to.equal(1);
  });

  it('need the server alone in a star', async () => {
    const cuts = open(BY_STEPS, 'star');
    cuts.begin(
      planOf([
        ['master', 0, 4],
        ['pi-1', 0, 4],
      ]),
      0,
    );
    cuts.isDue(10);
    cuts.keep(1, entryOf(10, 0, 4));
    expect(told).to.have.length(0);
    cuts.keep(0, entryOf(10, 0, 4));
    expect(told).to.have.length(1);
  });

  it('are kept but for all before the last two', async () => {
    const cuts = open();
    for (const step of [10, 20, 30]) await commit(cuts, step);
    expect(cuts.committed.map(({ step }) => step)).to.deep.equal([20, 30]);
  });

  it('count for nothing when a copy is another', async () => {
    const cuts = open();
    cuts.isDue(10);
    cuts.keep(1, entryOf(10, 0, 2));
    cuts.keep(2, entryOf(10, 0, 2, 'b'));
    for (const position of [0, 2]) cuts.keep(position, entryOf(10, 2, 4));
    expect(told).to.have.length(0);
    expect(cuts.isDue(11)).to.equal(true); // and another is made
  });

  it('are forgotten when a generation begins before them, whatever comes of them later', async () => {
    const cuts = open();
    await commit(cuts, 10);
    await commit(cuts, 20);
    expect(cuts.isDue(30)).to.equal(true);
    keepAll(cuts, 30);
    cuts.begin(PLAN, 10);
    settle.resolve();
    await turn();
    expect(cuts.committed.map(({ step }) => step)).to.deep.equal([10]);
    expect(committed).to.equal(2);
    expect(cuts.isDue(19)).to.equal(false);
    await commit(cuts, 20);
    expect(cuts.committed.map(({ step }) => step)).to.deep.equal([10, 20]);
  });

  it('are tried again when one cannot be written down', async () => {
    const cuts = open();
    cuts.isDue(10);
    keepAll(cuts, 10);
    settle.reject(new Error('EIO'));
    await turn();
    expect(cuts.committed).to.have.length(0);
    await commit(cuts, 11);
    expect(cuts.committed.map(({ step }) => step)).to.deep.equal([11]);
  });

  describe('of which a part is never told', () => {
    /** All but one. */
    const keepMost = (cuts: Cuts, step: number) => {
      for (const position of [1, 2]) cuts.keep(position, entryOf(step, 0, 2));
      cuts.keep(2, entryOf(step, 2, 4));
    };

    it('are given up after a minute, and another is made', async () => {
      const cuts = open();
      expect(cuts.isDue(10)).to.equal(true);
      keepMost(cuts, 10);
      nowMs = 60_000;
      expect(cuts.isDue(30)).to.equal(false);
      nowMs = 60_001;
      expect(cuts.isDue(31)).to.equal(true);
      cuts.keep(0, entryOf(10, 2, 4)); // too late
      expect(told).to.have.length(0);
      keepAll(cuts, 31);
      settle.resolve();
      await turn();
      expect(cuts.committed.map(({ step }) => step)).to.deep.equal([31]);
    });

    it('are given up at once where the connection was lost meanwhile', async () => {
      const cuts = open();
      expect(cuts.isDue(10)).to.equal(true);
      keepMost(cuts, 10);
      expect(cuts.isDue(20)).to.equal(false);
      cuts.onConnection();
      await commit(cuts, 30);
      expect(cuts.committed.map(({ step }) => step)).to.deep.equal([30]);
    });

    it('are waited for ten times as long as the last one took', async () => {
      const cuts = open();
      expect(cuts.isDue(10)).to.equal(true);
      nowMs = 20_000;
      keepAll(cuts, 10);
      settle.resolve();
      await turn();
      expect(cuts.isDue(20)).to.equal(true);
      nowMs = 220_000;
      expect(cuts.isDue(30)).to.equal(false);
      nowMs = 220_001;
      expect(cuts.isDue(31)).to.equal(true);
    });

    it('push none out that counts: a second one is waited for', async () => {
      const cuts = open();
      await commit(cuts, 10);
      for (const step of [20, 30]) {
        expect(cuts.isDue(step)).to.equal(true);
        nowMs += 100_000;
      }
      expect(cuts.isDue(40)).to.equal(false);
      keepAll(cuts, 30);
      settle.resolve();
      await turn();
      expect(cuts.committed.map(({ step }) => step)).to.deep.equal([10, 30]);
      await commit(cuts, 40);
    });

    it('are not given up while they are being written down', () => {
      const cuts = open();
      expect(cuts.isDue(10)).to.equal(true);
      keepAll(cuts, 10);
      nowMs = 1_000_000;
      expect(cuts.isDue(20)).to.equal(false);
    });
  });
});
