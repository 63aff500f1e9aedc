import { expect } from 'chai';
import fc from 'fast-check';
import { putFiles, readFiles, removeFiles } from '../../../cli/flash/boot-files.js';
import { CutFolder, cutAnywhere, type Files, Power } from '../storage/cut-folder.js';
import { filesOf, flashed, NEW, OLD } from './sample-files.js';

const NEWER = filesOf('pi-1', 'fleet: cellar\n', 'newest');

/** The state after `putFiles` was cut. */
async function cutPut(files: Files, put: typeof NEW, power: Power): Promise<Files> {
  const folder = new CutFolder(files, power);
  await putFiles(folder, put).catch(() => undefined);
  return folder.files;
}

describe('files on a boot partition', () => {
  it('are read as they were put, and nothing else is left', async () => {
    const boot = new CutFolder(flashed(OLD));
    await putFiles(boot, NEW);
    expect(await readFiles(boot)).to.deep.equal(NEW);
    expect(boot.files).to.deep.equal(flashed(NEW));
  });

  it('are the old ones or the new ones wherever the power is cut, and the old ones until the new ones are whole', async () => {
    let boot: CutFolder;
    let newSince: number | null = null;
    const steps = await cutAnywhere(
      (power) => {
        boot = new CutFolder(flashed(OLD), power);
        return putFiles(boot, NEW);
      },
      async (cutAfter) => {
        const found = await readFiles(new CutFolder(boot.files));
        if (newSince === null && JSON.stringify(found) === JSON.stringify(NEW)) newSince = cutAfter;
        expect(found, `cut after ${cutAfter}`).to.deep.equal(newSince === null ? OLD : NEW);
      },
    );
    expect(steps).to.be.greaterThan(NEW.settings.length + NEW.key.length);
    // The first byte of the old password that is overwritten decides; then its name goes, and two are renamed.
    expect(newSince).to.equal(steps - OLD.key.length - 2);
  });

  it('leave nothing of a password that they replace, also where that was cut before', async () => {
    let cut: CutFolder;
    await cutAnywhere(
      (power) => {
        cut = new CutFolder(flashed(OLD), power);
        return putFiles(cut, NEW);
      },
      async (cutAfter) => {
        const later = new CutFolder(cut.files);
        await putFiles(later, NEWER);
        const freed = [...cut.freed, ...later.freed].filter((bytes) => /password|newest/.test(bytes));
        expect(freed, `cut after ${cutAfter}`).to.deep.equal([]);
      },
    );
  });

  it('are none or the new ones on a card that had none, wherever it is cut', async () => {
    let boot: CutFolder;
    await cutAnywhere(
      (power) => {
        boot = new CutFolder({}, power);
        return putFiles(boot, NEW);
      },
      async (cutAfter) => {
        const found = await readFiles(new CutFolder(boot.files));
        if (typeof found === 'string') expect(found, `${cutAfter}`).to.equal(cutAfter === 0 ? 'none' : 'broken');
        else expect(found).to.deep.equal(NEW);
      },
    );
  });

  it('stay whole when a second writing is cut after a first one was', async () => {
    const cut = fc.nat(2 * NEW.settings.length);
    await fc.assert(
      fc.asyncProperty(cut, cut, async (first, second) => {
        const between = await cutPut(flashed(OLD), NEW, new Power(first));
        const after = await cutPut(between, NEWER, new Power(second));
        expect([OLD, NEW, NEWER]).to.deep.include(await readFiles(new CutFolder(after)));
        const finished = await cutPut(after, NEWER, new Power());
        expect(finished).to.deep.equal(flashed(NEWER));
      }),
    );
  });

  it('are gone for good once removed, wherever that is cut and gone on with', async () => {
    let boot: CutFolder;
    const left = {
      ...flashed(OLD),
      'ringtmp.key.new': 'new',
      'ringtmp.yaml.new': '# Ring',
      'config.txt': 'arm_64bit=1',
    };
    await cutAnywhere(
      (power) => {
        boot = new CutFolder(left, power);
        return removeFiles(boot);
      },
      async (cutAfter) => {
        const later = new CutFolder(boot.files);
        const found = await readFiles(later);
        if (cutAfter === 0) expect(found).to.deep.equal(OLD);
        else expect(found, `cut after ${cutAfter}`).to.equal('none');
        if (cutAfter !== 0) expect(later.files).to.deep.equal({ 'config.txt': 'arm_64bit=1' });
      },
    );
  });

  it('that were being removed make room for others', async () => {
    const boot = new CutFolder({ 'ringtmp.taken': 'half', 'ringtmp.key': '\0\0ssword\n' });
    await putFiles(boot, NEW);
    expect(boot.files).to.deep.equal(flashed(NEW));
  });

  it('leave nothing unfinished where they do not fit', async () => {
    const boot = new CutFolder(flashed(OLD));
    const write = boot.write.bind(boot);
    boot.write = async (name, bytes) => {
      await write(name, bytes.subarray(0, 5));
      if (name === 'ringtmp.yaml.new') throw new Error('full');
    };
    const error = await putFiles(boot, NEW).catch((reason: Error) => reason);
    expect(error).to.have.property('message', 'full');
    expect(boot.files).to.deep.equal(flashed(OLD));
  });
});
