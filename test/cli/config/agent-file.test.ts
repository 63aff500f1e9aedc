import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseAgentSettings, readAgentFile } from '../../../cli/config/agent-file.js';
import { ConfigurationError } from '../../../errors.js';
import { rejectionOf } from '../../transport/inbox.js';
import { EXAMPLES, temporaryFolder } from '../ringtmp.js';

describe("a board's file", () => {
  const folder = temporaryFolder();

  it('has paths that start from it', async () => {
    const path = await folder.write('agent.yaml', 'passwordFile: agent.key\ndata: data\nblas: libblis.so.4\n');
    expect(await readAgentFile(path)).to.deep.equal({
      passwordFile: join(folder.path, 'agent.key'),
      data: join(folder.path, 'data'),
      blas: 'libblis.so.4',
    });
    const many = await folder.write('many.yaml', 'data: [a, /srv/b]\n');
    expect(await readAgentFile(many)).to.deep.equal({ data: [join(folder.path, 'a'), '/srv/b'] });
  });

  it('may hold nothing but comments, or not be there', async () => {
    expect(await readAgentFile(await folder.write('agent.yaml', '# nothing yet\n'))).to.deep.equal({});
    expect(await readAgentFile(join(folder.path, 'nowhere.yaml'))).to.equal(null);
  });

  it('is like the example', async () => {
    const settings = await readAgentFile(join(EXAMPLES, 'agent.yaml'));
    expect(settings).to.include({ id: 'pi-1', broker: 'mqtt://10.0.0.2', linkPort: 1884 });
  });

  const MISTAKES: readonly [string, RegExp][] = [
    ['linkPort: 70000', /linkPort: got 70000: /],
    ['enigne: wasm', /enigne is not a known key, did you mean "engine"\?/],
    ['engine: gpu', /engine: got "gpu": .*"auto"/],
    ['id: Küche', /id: got "Küche": 1 to 63 lower-case letters/],
    ['memory: 1.5', /memory: got 1.5: /],
    ['direct: "no"', /direct: got "no": /],
    ['linkAddress: "a b"', /linkAddress: got "a b": a host name or an address/],
    ['sampleHz: 0', /sampleHz: got 0: /],
    ['power: pi-9', /power: got "pi-9": one of pi-zero-2, .*\{ idleW: 2.7, loadW: 3.6 \}/],
    ['profile: pi-4', /profile is not a known key/],
    ['broker: 10.0.0.2', /broker address "10.0.0.2" is not a broker's URL/],
    ['- pi-1', /the whole: got \["pi-1"\]/],
    ['id: [', /line \d+, column \d+: /],
  ];
  for (const [text, message] of MISTAKES) {
    it(`with ${JSON.stringify(text)} is refused with the file, the key, the value and what to do`, async () => {
      const path = await folder.write('agent.yaml', `${text}\n`);
      const error = await rejectionOf(readAgentFile(path));
      expect(error).to.be.instanceOf(ConfigurationError);
      expect(error.message).to.include(`agent file ${path}`).and.to.match(message);
      expect(error.remedy).to.be.a('string').and.not.to.equal('');
    });
  }

  it('tells all mistakes at once', () => {
    expect(() => parseAgentSettings('x', 'memory: none\nlinkPort: -1\n'))
      .to.throw(ConfigurationError, /memory: got "none".*; linkPort: got -1/)
      .with.property('remedy')
      .that.includes('ringtmp schema agent');
  });

  it('holds no password, and shows none that someone wrote there', () => {
    for (const text of [
      'broker: mqtt://me:geheim@10.0.0.2',
      'broker: "http://me:geheim@10.0.0.2"',
      'password: geheim',
    ]) {
      expect(() => parseAgentSettings('x', text), text)
        .to.throw(ConfigurationError)
        .with.property('message')
        .that.does.not.include('geheim');
    }
    expect(() => parseAgentSettings('x', 'broker: mqtt://me:geheim@10.0.0.2'))
      .to.throw(ConfigurationError, 'broker: the URL of mqtt://10.0.0.2 holds a password')
      .with.property('remedy')
      .that.includes('passwordFile');
  });

  it('that cannot be read says so', async () => {
    const path = join(folder.path, 'agent.yaml');
    await mkdir(path);
    const error = await rejectionOf(readAgentFile(path));
    expect(error.message).to.include(`cannot read agent file ${path}`);
    expect(error.remedy).to.include('--no-config');
    await chmod(path, 0o700);
  });
});
