import { expect } from 'chai';
import { BOARD_PROFILES } from '../../hardware/board-profiles.js';
import { boardProfileSchema } from '../../protocol/board-profile.js';

describe('the board profiles', () => {
  it('are found by their names, and are what the schema asks for', () => {
    expect([...BOARD_PROFILES.keys()]).to.deep.equal(['pi-zero-2', 'pi-3', 'pi-4', 'pi-5']);
    for (const [name, profile] of BOARD_PROFILES) {
      expect(profile.name).to.equal(name);
      expect(boardProfileSchema.strict().parse(profile)).to.deep.equal(profile);
      expect(profile.loadW).to.be.above(profile.idleW);
    }
  });

  it('are each faster than the one before', () => {
    const speeds = [...BOARD_PROFILES.values()].map(({ gflops }) => gflops);
    expect(speeds).to.deep.equal([...speeds].sort((a, b) => a - b));
  });
});
