// Boards to forecast for, by their profiles and their number.

import { expect } from 'chai';
import { boardCounts, boardOf, profiledFleet } from '../../../cli/forecast/boards.js';
import { ConfigurationError } from '../../../errors.js';
import type { BoardProfile } from '../../../hardware/board-profile.js';
import { BOARD_PROFILES } from '../../../hardware/board-profiles.js';

const profile = (name: string) => BOARD_PROFILES.get(name) as BoardProfile;

describe('profiledFleet', () => {
  it('gives each board its profile, and the last one to all others', () => {
    const { boards } = profiledFleet('pi-zero-2, pi-5,pi-4', 5);
    expect(boards.map(({ id }) => id)).to.deep.equal(['board-1', 'board-2', 'board-3', 'board-4', 'board-5']);
    expect(boards.map(({ machine }) => machine)).to.deep.equal(
      ['pi-zero-2', 'pi-5', 'pi-4', 'pi-4', 'pi-4'].map(profile),
    );
  });

  it('leaves profiles out that there are no boards for', () => {
    expect(profiledFleet('pi-5,pi-4', 1).boards.map(({ machine }) => machine)).to.deep.equal([profile('pi-5')]);
  });

  it('supposes that the master is as the first board, and says so, unless it is told', () => {
    const supposed = profiledFleet('pi-3,pi-4', 2);
    expect(supposed.master).to.deep.include({ id: 'master', machine: profile('pi-3') });
    expect(supposed.assumptions).to.deep.equal(['the master is a pi-3 too (--master-profile)']);
    const told = profiledFleet('pi-3,pi-4', 2, 'pi-5');
    expect(told.master.machine).to.equal(profile('pi-5'));
    expect(told.assumptions).to.deep.equal([]);
  });

  it('refuses a profile that there is not, of a board or of the master', () => {
    for (const fleet of [() => profiledFleet('pi-4,pi-9', 1), () => profiledFleet('pi-4', 1, 'pi-9')])
      expect(fleet).to.throw(ConfigurationError, 'no profile pi-9');
    expect(() => profiledFleet('', 1)).to.throw(ConfigurationError);
  });
});

describe('boardOf', () => {
  it('lets a stage take half of a board’s memory, and knows its speed and its link', () => {
    const known = profile('pi-3');
    expect(boardOf('kitchen', { ...known, memoryBytes: 1001 })).to.deep.include({
      id: 'kitchen',
      memoryBytes: 500,
      gflops: known.gflops,
      linkMbps: 94,
    });
  });
});

describe('boardCounts', () => {
  it('takes one number or several', () => {
    expect(boardCounts('4', 10)).to.deep.equal([4]);
    expect(boardCounts('10, 2,1', 10)).to.deep.equal([10, 2, 1]);
  });

  for (const text of ['0', '11', '2,11', '-1', '2.5', 'four', '', '2,,4', '2;4']) {
    it(`refuses ${JSON.stringify(text)}, and says how to write them`, () => {
      expect(() => boardCounts(text, 10))
        .to.throw(ConfigurationError, `--boards takes whole numbers from 1 to 10, got ${JSON.stringify(text)}`)
        .with.property('remedy')
        .that.includes('--boards 2,4,8,16');
    });
  }
});
