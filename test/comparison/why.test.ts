// Why a made-up contestant is as fast as it is.

import { expect } from 'chai';
import { cellsOf } from '../../comparison/cells.js';
import type { PositionFigures, RunResult } from '../../comparison/result.js';
import { loadsOf, reasonsOf } from '../../comparison/why.js';
import { type Sample, sampleResult } from './sample-results.js';

const MEGABIT = 1e6 / 8;
/** For 100 s, as long as a sample lasts: all that the link can carry one way. */
const FULL = 100 * 100 * MEGABIT;

type Change = (each: PositionFigures) => Partial<PositionFigures>;

/** On links of 100 Mbit/s. */
function resultOf(sample: Sample, change: Change = () => ({})): RunResult {
  const result = sampleResult(sample);
  const { figures, definition } = result;
  if (figures === null) return result;
  const positions = figures.positions.map((each) => ({ ...each, ...change(each) }));
  return {
    ...result,
    figures: { ...figures, positions },
    definition: { ...definition, profile: [{ linkMbps: 100 }], masterProfile: { linkMbps: 200 } },
  };
}

const loads = (...results: RunResult[]) => loadsOf(cellsOf(results));

describe('why a contestant is so fast', () => {
  it('knows the busiest worker, the idlest and the busiest link of each number of boards', () => {
    const [load] = loads(resultOf({ boards: 3, idleShares: [0.5, 0.1, 0.9], bytes: FULL / 10 }));
    expect(load?.busiest.agent).to.equal('board-2');
    expect(load?.idlest.agent).to.equal('board-3');
    expect(load?.link).to.deep.include({ name: 'board-1', bytes: FULL / 5 });
    expect(load?.link.out).to.be.closeTo(0.1, 1e-9);
    expect(load?.busyMsPerStep).to.equal(32);
  });

  it('counts a link by its own profile and by its busier direction', () => {
    const server: Change = ({ position }) => (position === 0 ? { bytesIn: 0, bytesOut: FULL } : {});
    const [load] = loads(resultOf({ contestant: 'star', boards: 2 }, server));
    expect(load?.link.name).to.equal('the server');
    expect(load?.link.out).to.be.closeTo(0.5, 1e-9);
    expect(load?.link.in).to.equal(0);
  });

  it('knows no use of links that are not emulated, but their bytes', () => {
    const [load] = loads(sampleResult({ boards: 2, bytes: 1e6 }));
    expect(load?.link).to.include({ out: null, in: null, bytes: 2e6 });
    expect(reasonsOf([load!])[0])
      .to.include('ring at 2 boards: no worker is busy all the time')
      .and.not.to.include('link');
  });

  it('is a board that computes all the time, and more boards where they take nothing off it', () => {
    const busy = { idleShares: [0.01, 0.9] };
    const found = loads(resultOf({ boards: 2, ...busy }), resultOf({ boards: 4, idleShares: [0.01, 0.9, 0.9, 0.9] }));
    expect(reasonsOf(found)).to.deep.equal([
      'ring at 4 boards: board-1 is busy 99.0 % of the time, so it sets the pace; board-1 computes as long for a step ' +
        'as the busiest of 2 boards, so that more boards cannot make the ring faster.',
    ]);
    const relieved = resultOf({ boards: 4, idleShare: 0.01 }, () => ({ seconds: { forward: 5 } }));
    expect(reasonsOf(loads(resultOf({ boards: 2, ...busy }), relieved))[0]).to.match(/sets the pace\.$/);
  });

  it('is a link that is in use all the time, or whichever way', () => {
    const of = (use: number) => {
      const server: Change = ({ position }) =>
        position === 0 ? { bytesIn: use * FULL * 2, bytesOut: use * FULL * 2 } : {};
      return reasonsOf(loads(resultOf({ contestant: 'star', boards: 2, idleShare: 0.9 }, server)))[0];
    };
    expect(of(0.93))
      .to.include('the server’s link is in use, 93.0 % of the time')
      .and.to.include('so it sets the pace');
    expect(of(0.6)).to.include('all boards wait for it; the busiest worker, board-1, computes 10.0 % of it');
    expect(of(0.1)).to.include('no worker and no link is busy all the time').and.to.include('board-1 for 90.0 %');
  });

  it('is nothing where nothing finished', () => {
    expect(loads(sampleResult({ outcome: 'failed' }))).to.deep.equal([]);
    expect(reasonsOf(loads(sampleResult({ boards: 1 })))).to.deep.equal([]);
  });
});
