// Which boards a run takes, and which files it may read, asked of a master over the bus.

import { expect } from 'chai';
import { type Fleet, startFleet } from '../support/fleet.js';
import { smallRun } from '../support/specs.js';
import { rejectionOf } from '../transport/inbox.js';

describe('run desk', () => {
  let fleet: Fleet;
  before(async () => {
    fleet = await startFleet({ agents: 3 });
  });
  after(() => fleet.close());

  /** Two layers. */
  const model = {
    layers: [
      { type: 'dense', units: 4 },
      { type: 'dense', units: 3 },
    ],
  };
  const boardsOf = async (changes: object) => {
    const { state, error, plan } = await fleet.runToEnd(smallRun({}, { model, ...changes }));
    expect({ state, error }).to.deep.equal({ state: 'finished', error: null });
    return plan.slice(1).map(({ agent }) => agent);
  };

  it('takes no more boards than there are layers, unless they are asked for', async () => {
    expect(await boardsOf({})).to.deep.equal(['pi-1', 'pi-2']);
    expect(await boardsOf({ masterStage: true })).to.deep.equal(['pi-1']);
    const asked = await rejectionOf(fleet.train(smallRun({}, { model, boards: 3 })));
    expect(asked).to.include({ code: 'capacity' });
  });

  it('takes all boards where there are layers enough', async () => {
    expect(await boardsOf({ model: smallRunModel() })).to.deep.equal(['pi-1', 'pi-2', 'pi-3']);
  });

  it('reads no file outside of its data folders', async () => {
    for (const path of ['/etc/passwd', '../../../../../../../../etc/passwd', '/dev/zero']) {
      const data = { source: 'csv', path, target: 'x' };
      const error = await rejectionOf(fleet.train(smallRun({}, { data })));
      expect(error).to.include({ code: 'data' });
      expect(error.message).to.include('outside of the data folders').and.not.to.include('root:');
    }
  });
});

function smallRunModel(): object {
  return (smallRun() as { model: object }).model;
}
