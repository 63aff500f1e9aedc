import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { readSecret } from '../../../cli/config/secret.js';
import { ConfigurationError } from '../../../errors.js';
import { temporaryFolder } from '../ringtmp.js';

describe('a password file', () => {
  const folder = temporaryFolder();

  async function withMode(mode: number, text = 'geheim\n'): Promise<string> {
    const path = await folder.write('agent.key', text);
    await chmod(path, mode);
    return path;
  }

  it('is read without its line end', async () => {
    expect(readSecret(await withMode(0o600))).to.equal('geheim');
    expect(readSecret(await withMode(0o400))).to.equal('geheim');
  });

  for (const mode of [0o640, 0o604, 0o644, 0o620, 0o777]) {
    it(`of mode 0${mode.toString(8)} is refused, and not shown`, async () => {
      const path = await withMode(mode);
      expect(() => readSecret(path))
        .to.throw(ConfigurationError, `can be read by others (mode 0${mode.toString(8)})`)
        .with.property('remedy', `Let its owner alone read it: chmod 600 ${path}`);
      expect(() => readSecret(path))
        .to.throw()
        .with.property('message')
        .that.does.not.include('geheim');
    });
  }

  it('that systemd hands over is read whatever its mode says', async () => {
    expect(readSecret(await withMode(0o440), folder.path)).to.equal('geheim');
    expect(() => readSecret(join(folder.path, 'agent.key'), '/run/credentials/other')).to.throw(ConfigurationError);
  });

  it('that is empty or not there is refused', async () => {
    const empty = await withMode(0o600, '\n');
    expect(() => readSecret(empty)).to.throw(ConfigurationError, 'is empty');
    expect(() => readSecret('/nowhere/agent.key')).to.throw(ConfigurationError, 'cannot read the password file');
  });
});
