import { expect } from 'chai';
import type { BefallenFault } from '../../../cli/chaos/battered-run.js';
import { faultLine, type JudgedRun, renderReport } from '../../../cli/chaos/report.js';
import { summariesOf } from '../../../comparison/faults.js';

function fault(changes: Partial<BefallenFault>): BefallenFault {
  return {
    ...{ fault: 'kill', member: 'agent', name: 'board-1', lastsMs: 0, where: 0, atMs: 0, overMs: 0 },
    ...{ recoveryMs: 1000, generations: 1, repeated: 2 },
    ...changes,
  };
}

function run(matches: boolean, ...faults: BefallenFault[]): JudgedRun {
  return { run: 'r', folder: 'f', steps: 9, seconds: 9, evaluation: null, failure: null, seed: 1, matches, faults };
}

describe('the report on faults', () => {
  const runs = [
    run(true, fault({}), fault({ recoveryMs: 3000 }), fault({ fault: 'cut', member: 'master', generations: 0 })),
    run(false, fault({ recoveryMs: 5000, repeated: 10 }), fault({ recoveryMs: null })),
  ];

  it('tells by kind how many, how long, how many steps again, and whether all ended well', () => {
    const [cut, kill, all] = summariesOf(runs);
    expect(cut).to.include({ kind: 'cut master', faults: 1, medianMs: 1000, worstMs: 1000, matching: 1 });
    expect(kill).to.deep.equal({
      ...{ kind: 'kill agent', faults: 4, medianMs: 3000, worstMs: 5000 },
      ...{ generations: 4, repeated: 16, matching: 2 },
    });
    expect(all).to.include({ kind: 'all', faults: 5, medianMs: 2000, matching: 3 });
  });

  it('is a table', () => {
    const lines = renderReport(summariesOf(runs), 'weights', 120).split('\n');
    expect(lines[0]).to.match(/^fault +times +median +worst +generations +steps again +weights match$/);
    expect(lines[1]).to.match(/^cut master +1 +1\.0 s +1\.0 s +0 +2 +all$/);
    expect(lines[2]).to.match(/^kill agent +4 +3\.0 s +5\.0 s +4 +16 +2 of 4$/);
  });

  it('has a line for each fault', () => {
    expect(faultLine(3, fault({ repeated: 1 }))).to.match(/^ +3 {2}kill board-1 +went on after 1\.0 s, 1 step again$/);
    expect(faultLine(4, fault({ fault: 'freeze', lastsMs: 2500, generations: 0 }))).to.match(
      /freeze board-1 for 2\.5 s +stood still for 1\.0 s$/,
    );
  });
});
