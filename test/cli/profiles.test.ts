import { expect } from 'chai';
import { emulationOf, readProfile } from '../../cli/profiles.js';
import { ConfigurationError } from '../../errors.js';
import { BOARD_PROFILES } from '../../hardware/board-profiles.js';
import { TemporaryFolder } from '../data/files.js';

const OWN = `
name: my-board
board: A board of mine
gflops: 1.5
memoryBytes: 1000000000
memoryGBps: 2
linkMbps: 100
latencyMs: 0.2
idleW: 1
loadW: 2
`;

describe('a profile on the command line', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
  });
  afterEach(() => folder.remove());
  const written = (text: string) => folder.write('board.yaml', text);

  it('is known by its name, or read from a file of the same keys', async () => {
    expect(readProfile('pi-4')).to.equal(BOARD_PROFILES.get('pi-4'));
    expect(readProfile(await written(OWN))).to.include({ name: 'my-board', gflops: 1.5, loadW: 2 });
  });

  it('says what is wrong with a file, and what there is when there is none', async () => {
    const path = await written(OWN.replace('gflops: 1.5', 'gigaflops: 1.5'));
    expect(() => readProfile(path)).to.throw(ConfigurationError, /gflops is missing.*gigaflops is not a known key/s);
    expect(() => readProfile('pi-9'))
      .to.throw(ConfigurationError, 'no profile pi-9')
      .with.property('remedy')
      .that.includes('pi-zero-2, pi-3, pi-4, pi-5');
  });

  it('makes a board an emulated one, in real time unless told', () => {
    expect(emulationOf({})).to.equal(undefined);
    expect(emulationOf({ profile: 'pi-5' })).to.deep.equal({ profile: BOARD_PROFILES.get('pi-5'), dilation: 1 });
    expect(emulationOf({ profile: 'pi-5', dilation: 4 })?.dilation).to.equal(4);
    expect(() => emulationOf({ dilation: 4 })).to.throw(ConfigurationError, '--dilation is for emulated boards');
  });
});
