import { join } from 'node:path';
import { expect } from 'chai';
import { handedOver } from '../../cli/handed-over.js';
import { temporaryFolder } from './ringtmp.js';

describe('a secret that systemd hands over', () => {
  const folder = temporaryFolder();

  it('is the file in the folder of credentials', async () => {
    const path = await folder.write('agent.key', 'secret\n');
    expect(handedOver('agent.key', folder.path)).to.equal(path);
  });

  it("is none where there is no folder, no such file, or only the unit's blank fallback", async () => {
    expect(handedOver('agent.key', undefined)).to.equal(undefined);
    expect(handedOver('agent.key', folder.path)).to.equal(undefined);
    await folder.write('agent.key', '\n');
    expect(handedOver('agent.key', join(folder.path))).to.equal(undefined);
  });
});
