import { join } from 'node:path';
import { expect } from 'chai';
import { dataFoldersOf, isOnThisMachine, parseRunFile, readRunFile, withAbsolutePaths } from '../../cli/run-file.js';
import { ConfigurationError } from '../../errors.js';
import { rejectionOf } from '../transport/inbox.js';
import { temporaryFolder } from './ringtmp.js';

const RUN = `
name: tiny
data: { source: csv, path: data/tiny.csv, target: species }
model:
  layers:
    - { type: dense, units: 3 }
loss: softmaxCrossEntropy
`;

describe('run files', () => {
  const folder = temporaryFolder();

  it('have defaults, and paths that start from the file', async () => {
    const spec = await readRunFile(await folder.write('tiny.yaml', RUN));
    expect(spec).to.deep.include({ name: 'tiny', seed: 1, engine: 'auto' });
    expect(spec.data).to.deep.include({ path: join(folder.path, 'data/tiny.csv') });
  });

  it('leave paths to a master on another machine as they are', async () => {
    const path = await folder.write('tiny.yaml', RUN);
    const pathFor = async (broker: string) => ((await readRunFile(path, broker)).data as { path: string }).path;
    expect(await pathFor('mqtt://10.0.0.2')).to.equal('data/tiny.csv');
    expect(await pathFor('mqtt://127.0.0.1:1883')).to.equal(join(folder.path, 'data/tiny.csv'));
  });

  it('tell this machine by loopback', () => {
    for (const host of ['localhost:1883', '127.0.0.1', '127.9.9.9', '[::1]', 'me:secret@localhost']) {
      expect(isOnThisMachine(`mqtt://${host}`), host).to.equal(true);
    }
    for (const host of ['10.0.0.2', 'pi-1.local', '127.example.org', '[::2]']) {
      expect(isOnThisMachine(`mqtt://${host}`), host).to.equal(false);
    }
    expect(isOnThisMachine('nonsense')).to.equal(false);
  });

  it('name the folders of their data', async () => {
    const { data } = await readRunFile(await folder.write('tiny.yaml', RUN));
    expect(dataFoldersOf(data)).to.deep.equal([join(folder.path, 'data')]);
    const idx = { images: '/a/images', labels: '/b/labels' };
    expect(dataFoldersOf({ source: 'idx', train: idx, test: idx })).to.deep.equal(['/a', '/b']);
    expect(dataFoldersOf({ source: 'mnist', holdOut: 10 })).to.deep.equal([]);
  });

  it('may be JSON, indented by tabs too', async () => {
    const json = JSON.stringify(parseRunFile('x', RUN), null, '\t');
    expect((await readRunFile(await folder.write('tiny.json', json))).name).to.equal('tiny');
  });

  it('leave absolute paths, and data without paths, alone', () => {
    const idx = { images: '/usr/share/images.gz', labels: 'labels.gz' };
    const data = withAbsolutePaths({ source: 'idx', train: idx, test: idx }, '/home/me');
    expect(data).to.deep.include({ train: { images: '/usr/share/images.gz', labels: '/home/me/labels.gz' } });
    expect(withAbsolutePaths({ source: 'mnist', holdOut: 10 }, '/home/me')).to.deep.equal({
      source: 'mnist',
      holdOut: 10,
    });
  });

  it('with a mistake in the YAML are refused with its line and column', async () => {
    const path = await folder.write('bad.yaml', 'name: tiny\ndata: { source: csv\nloss: x\n');
    const error = await rejectionOf(readRunFile(path));
    expect(error).to.be.instanceOf(ConfigurationError);
    expect(error.message).to.match(/^run file .*bad\.yaml, line 3, column 1: /);
    expect(error.message.split('\n')).to.have.length(1);
    expect(error.remedy).to.include('Correct the YAML');
  });

  it('with an unknown key are refused with the nearest known one', async () => {
    const path = await folder.write('bad.yaml', RUN.replace('units: 3', 'unitz: 3'));
    const { message, remedy } = await rejectionOf(readRunFile(path));
    expect(message).to.include('model.layers.0.unitz is not a known key, did you mean "units"?');
    expect(remedy).to.include('`ringtmp schema`');
  });

  it('that are empty, absent or a folder are refused', async () => {
    const empty = await rejectionOf(readRunFile(await folder.write('empty.yaml', '')));
    expect(empty.message).to.include('empty.yaml: the whole: got null');
    expect((await rejectionOf(readRunFile('/nowhere/x.yaml'))).message).to.equal(
      'there is no run file /nowhere/x.yaml',
    );
    expect((await rejectionOf(readRunFile(folder.path))).message).to.include('cannot read run file');
  });
});
