// What a run of a comparison is defined by.

import { expect } from 'chai';
import { definer, dilationOf, profilesOf } from '../../../cli/compare/definer.js';
import { contestantOf, variantsNamed } from '../../../comparison/contestants.js';
import { runSpecSchema } from '../../../protocol/run-spec.js';

const BASE = runSpecSchema.parse({
  name: 'x',
  data: { source: 'mnist' },
  model: { layers: [{ type: 'dense', units: 10 }] },
  loss: 'softmaxCrossEntropy',
});
const [RING] = variantsNamed(['ring']);
const RUN = { contestant: contestantOf(RING!, BASE), boards: 2, round: 1, notPossible: null };

describe('what a compared run is', () => {
  it('has the figures of its boards, and of the master the first one’s unless told', () => {
    const told = definer({ profile: 'pi-4,pi-zero-2' })(RUN);
    expect(told).to.include({ boards: 2, round: 1, dilation: 'auto' });
    expect(told.profile).to.have.length(2);
    expect(told.masterProfile).to.deep.equal((told.profile as object[])[0]);
    expect(profilesOf({ profile: 'pi-4', masterProfile: 'pi-5' }).master?.name).to.equal('pi-5');
  });

  it('stretches no times where nothing is emulated, and as many as needed where it is', () => {
    expect([
      dilationOf({}),
      dilationOf({ profile: 'pi-4' }),
      dilationOf({ profile: 'pi-4', dilation: 3 }),
    ]).to.deep.equal([1, 'auto', 3]);
    expect(definer({})(RUN)).to.include({ profile: null, masterProfile: null });
  });

  it('is refused where something is asked of emulated boards and there are none', () => {
    expect(() => definer({ dilation: 2 })).to.throw('--master-profile and --dilation are for emulated boards');
    expect(() => definer({ masterProfile: 'pi-4' })).to.throw('are for emulated boards');
    expect(() => definer({ profile: 'pi-99' })).to.throw('pi-99');
  });
});
