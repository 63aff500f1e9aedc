// Which keys mean nothing in a run: those of the other mode, and a bound where none is asked for.

import { expect } from 'chai';
import { idleKeys } from '../../protocol/idle-keys.js';
import { smallRun, specOf } from '../support/specs.js';
import { GOOD_RUN_SPECS } from './run-specs.js';

describe('keys that mean nothing', () => {
  const keysOf = (training: object, changes: object) => idleKeys(specOf(smallRun(training, changes)));
  const STAR = { consistency: 'ssp', staleness: 3, localSteps: 2, data: 'local', filter: { type: 'topK', share: 0.1 } };

  it('are, in a star, those of the ring', () => {
    const changes = { mode: 'star', masterStage: true, star: STAR, wire: { parameters: 'f16' } };
    expect(keysOf({ schedule: 'async' }, changes)).to.deep.equal(['training.schedule: async', 'masterStage: true']);
  });

  it('are, in a ring, all of the star', () => {
    const changes = { masterStage: true, star: STAR, wire: { parameters: 'f16', gradients: 'f16' } };
    expect(keysOf({ schedule: 'async' }, changes)).to.deep.equal([
      'star.consistency: ssp',
      'star.staleness: 3',
      'star.localSteps: 2',
      'star.data: local',
      'star.filter: topK',
      'wire.parameters: f16',
    ]);
  });

  it('are a bound on staleness where none is kept', () => {
    for (const consistency of ['bsp', 'asp']) {
      expect(keysOf({}, { mode: 'star', star: { consistency, staleness: 5 } })).to.deep.equal(['star.staleness: 5']);
    }
  });

  it('are none in a run with its defaults, however they are written', () => {
    expect(keysOf({}, {})).to.deep.equal([]);
    expect(keysOf({}, { mode: 'star' })).to.deep.equal([]);
    const written = specOf(smallRun({}, { mode: 'star' }));
    expect(idleKeys(specOf(JSON.parse(JSON.stringify(written))))).to.deep.equal([]);
    expect(Object.values(GOOD_RUN_SPECS).map((spec) => Array.isArray(idleKeys(specOf(spec))))).not.to.include(false);
  });
});
