// A star whose boards have the data: where one of them has not, the run is refused, which says which board it was.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { TemporaryFolder } from '../data/files.js';
import { hubBus } from '../support/bus.js';
import { EXAMPLES, startFleet, startTestAgent } from '../support/fleet.js';
import { smallRun } from '../support/specs.js';
import { rejectionOf } from '../transport/inbox.js';

describe('a star with data on the boards', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
  });
  afterEach(() => folder.remove());

  async function refusalWith(dataFolders: readonly string[]) {
    const bus = hubBus();
    const fleet = await startFleet({ agents: 1, bus, agentDataFolders: [EXAMPLES] });
    const odd = await startTestAgent(bus, 'pi-9', { dataFolders });
    try {
      return await rejectionOf(fleet.train(smallRun({}, { mode: 'star', star: { data: 'local' }, boards: 2 })));
    } finally {
      await odd.close();
      await fleet.close();
    }
  }

  it('names the board that has no such file, and what to start it with', async () => {
    for (const folders of [[folder.path], []]) {
      const { code, message, remedy } = await refusalWith(folders);
      expect(code).to.equal('data');
      expect(message).to.match(/^board pi-9: there is no file .*iris\.csv$/);
      expect(remedy).to.contain('`ringtmp agent --data`');
    }
  });

  it('names the board whose file has other classes', async () => {
    await mkdir(join(folder.path, 'data'));
    const rows = Array.from({ length: 40 }, (_, row) => `${row},1,2,3,${row % 2 ? 'rose' : 'tulip'}`);
    await folder.write('data/iris.csv', ['a,b,c,d,species', ...rows].join('\n'));
    const { code, message } = await refusalWith([folder.path]);
    expect(code).to.equal('configuration');
    expect(message).to.match(/^board pi-9: this board's targets are "rose, tulip", the run's "/);
  });
});
