import { expect } from 'chai';
import { type FlashOptions, flashBoard } from '../../../cli/flash/flash-board.js';
import { ConfigurationError, RunError } from '../../../errors.js';
import { rejectionOf } from '../../transport/inbox.js';
import { CutFolder, type Files } from '../storage/cut-folder.js';
import { filesOf, flashed, NEW, OLD } from './sample-files.js';

const CELLAR = filesOf('cellar', '', 'cellars-password');

async function flash(files: Files, options: FlashOptions = {}) {
  const boot = new CutFolder(files);
  const reason = await flashBoard(boot, 'pi-1', NEW, options);
  return { reason, files: boot.files };
}

async function expectUntouched(files: Files, message: RegExp): Promise<void> {
  const boot = new CutFolder(files);
  const error = await rejectionOf(flashBoard(boot, 'pi-1', NEW, {}));
  expect(error).to.be.instanceOf(ConfigurationError);
  expect(error.message).to.match(message);
  expect(error.remedy).to.include('--force');
  expect(boot.files).to.deep.equal(files);
  expect((await flash(files, { force: true })).files).to.deep.include(flashed(NEW));
}

describe('flashing a board', () => {
  it('writes its two files and leaves all others', async () => {
    expect((await flash({ 'config.txt': 'x' })).files).to.deep.equal({ 'config.txt': 'x', ...flashed(NEW) });
  });

  it('replaces what it wrote before for the same board, whole or cut', async () => {
    expect((await flash(flashed(OLD))).files).to.deep.equal(flashed(NEW));
    const cut = { 'ringtmp.yaml': '# RingTMP: the conf', 'ringtmp.key': 'old-pa' };
    expect((await flash(cut)).files).to.deep.equal(flashed(NEW));
    expect((await flash({ 'ringtmp.yaml': '' })).files).to.deep.equal(flashed(NEW));
  });

  it('leaves a file of somebody else alone, unless it is forced', async () => {
    await expectUntouched(
      { 'ringtmp.yaml': 'my: own\n' },
      /holds a file ringtmp\.yaml that `ringtmp flash` did not write/,
    );
    await expectUntouched({ 'ringtmp.key': '-----BEGIN PRIVATE KEY-----\n' }, /holds a file ringtmp\.key/);
  });

  it("leaves another board's card alone, unless it is forced", async () => {
    await expectUntouched(flashed(CELLAR), /holds the configuration of board cellar/);
  });

  it('tells why the board refused what it had before, and takes that away', async () => {
    const after = await flash({ ...flashed(OLD), 'ringtmp-error.txt': 'line 3 is wrong\n' });
    expect(after).to.deep.equal({ reason: 'line 3 is wrong', files: flashed(NEW) });
  });

  it('reads back what it wrote where that is wanted, and says when it is not the same', async () => {
    await flash({}, { verify: true });
    const worn = new CutFolder({});
    const read = worn.read.bind(worn);
    worn.read = async (name) => {
      const bytes = await read(name);
      return bytes && Buffer.concat([bytes.subarray(1), bytes.subarray(0, 1)]);
    };
    const error = await rejectionOf(flashBoard(worn, 'pi-1', NEW, { verify: true }));
    expect(error).to.be.instanceOf(RunError);
    expect(error.message).to.include('does not hold what was written to it');
  });
});
