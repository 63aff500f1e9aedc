// A board's start, with what was flashed whole, cut, changed or wrong, and the power cut anywhere in it.

import { expect } from 'chai';
import { putFiles } from '../../../cli/flash/boot-files.js';
import { takeOver } from '../../../cli/flash/take-over.js';
import type { RingTmpError } from '../../../errors.js';
import { CutFolder, cutAnywhere, type Files, PowerCut } from '../storage/cut-folder.js';
import { filesOf, flashed, installed, NEW, OLD } from './sample-files.js';

const REASON = 'ringtmp-error.txt';
const REFUSED = 'refused.txt';

async function start(boot: Files, etc: Files = installed(OLD)) {
  const folders = { boot: new CutFolder(boot), etc: new CutFolder(etc) };
  const result = await takeOver(folders.boot, folders.etc);
  return { result, boot: folders.boot.files, etc: folders.etc.files };
}

/** But for what says that something was refused. */
function settingsIn({ [REFUSED]: _, ...others }: Files): Files {
  return others;
}

/** The board goes on with what it had, and says why, there and on the boot partition. */
async function expectRefused(boot: Files, why: RegExp): Promise<RingTmpError> {
  const after = await start(boot);
  expect(settingsIn(after.etc)).to.deep.equal(installed(OLD));
  expect(after.etc[REFUSED]).to.equal(after.boot[REASON]);
  expect(after.result.outcome).to.equal('refused');
  expect(after.boot[REASON]).to.match(why).and.to.include('The board goes on with what it had.');
  const { [REASON]: _, ...others } = after.boot;
  expect(others).to.deep.equal(boot);
  return (after.result as unknown as { error: RingTmpError }).error;
}

describe('taking over what was flashed', () => {
  it('makes it the configuration of the board, and leaves nothing on the card', async () => {
    const after = await start({ ...flashed(NEW), [REASON]: 'of an earlier one', 'config.txt': '' });
    expect(after.result).to.deep.equal({ outcome: 'taken', id: 'pi-1' });
    expect(after.etc).to.deep.equal(installed(NEW));
    expect(after.boot).to.deep.equal({ 'config.txt': '' });
  });

  it('does nothing where there is nothing', async () => {
    const after = await start({ 'config.txt': '' });
    expect(after.result).to.deep.equal({ outcome: 'none' });
    expect(after).to.deep.include({ boot: { 'config.txt': '' }, etc: installed(OLD) });
  });

  it('has the old or the new wherever the power is cut, and the new after the next start', async () => {
    let folders: { boot: CutFolder; etc: CutFolder };
    const steps = await cutAnywhere(
      (power) => {
        folders = { boot: new CutFolder(flashed(NEW), power), etc: new CutFolder(installed(OLD), power) };
        return cut(takeOver(folders.boot, folders.etc));
      },
      async (cutAfter) => {
        const etc = folders.etc.files;
        for (const name of ['agent.yaml', 'agent.key']) {
          expect([installed(OLD)[name], installed(NEW)[name]], `${name} cut after ${cutAfter}`).to.include(etc[name]);
        }
        const next = await start(folders.boot.files, etc);
        expect(next.result.outcome, `cut after ${cutAfter}`).not.to.equal('refused');
        expect(next.etc, `cut after ${cutAfter}`).to.deep.equal(installed(NEW));
        expect(next.boot, `cut after ${cutAfter}`).to.deep.equal({});
      },
    );
    expect(steps).to.be.greaterThan(2 * (NEW.settings.length + NEW.key.length));
  });

  it('keeps the old one, or has the new one, whole, wherever the writing of the card was cut', async () => {
    let card: CutFolder;
    const seen = new Set<string>();
    await cutAnywhere(
      (power) => {
        card = new CutFolder({}, power);
        return putFiles(card, NEW);
      },
      async (cutAfter) => {
        const { result, etc } = await start(card.files);
        seen.add(result.outcome);
        const settings = installed(result.outcome === 'taken' ? NEW : OLD);
        expect(settingsIn(etc), `cut after ${cutAfter}`).to.deep.equal(settings);
      },
    );
    expect([...seen]).to.deep.equal(['none', 'refused', 'taken']);
  });

  it('refuses settings or a password of which any part is missing', async () => {
    const whole = flashed(NEW);
    for (const name of ['ringtmp.yaml', 'ringtmp.key'] as const) {
      for (let length = 0; length < (whole[name] as string).length; length += 1) {
        const after = await start({ ...whole, [name]: (whole[name] as string).slice(0, length) });
        expect(after.result.outcome, `${name} cut to ${length}`).to.equal('refused');
        expect(settingsIn(after.etc)).to.deep.equal(installed(OLD));
      }
    }
    await expectRefused({ 'ringtmp.yaml': whole['ringtmp.yaml'] as string }, /is not whole/);
  });

  it('refuses files that do not belong together, and those that someone edited', async () => {
    await expectRefused({ ...flashed(NEW), 'ringtmp.key': 'another\n' }, /is not whole/);
    const edited = (flashed(NEW)['ringtmp.yaml'] as string).replace('attic', 'cellar');
    const error = await expectRefused({ ...flashed(NEW), 'ringtmp.yaml': edited }, /ringtmp flash/);
    expect(error.remedy).to.include('Flash it again');
  });

  it('refuses settings that are no settings, and says what is wrong with them', async () => {
    await expectRefused(flashed(filesOf('pi-1', 'linkPort: eighty\n', 'x')), /linkPort: got "eighty"/);
    await expectRefused(flashed(filesOf('pi-1', 'data: [\n', 'x')), /line \d+, column \d+/);
    await expectRefused(flashed(filesOf('pi-1', 'enigne: wasm\n', 'x')), /did you mean "engine"/);
  });

  it('says so in /etc where the boot partition is mounted for reading only, until a good one is taken', async () => {
    const boot = new CutFolder({ ...flashed(NEW), 'ringtmp.key': 'another\n' });
    boot.write = async () => Promise.reject(new Error('mounted for reading only'));
    const etc = new CutFolder(installed(OLD));
    expect(await takeOver(boot, etc)).to.include({ outcome: 'refused', hasOld: true });
    expect(etc.files[REFUSED]).to.include('is not whole').and.to.include('goes on with what it had');
    expect((await start(flashed(NEW), etc.files)).etc).to.deep.equal(installed(NEW));
    expect((await start({}, etc.files)).etc).to.deep.equal(installed(OLD)); // or what was bad is taken away by hand
  });

  it('tells that a board has no configuration when its first one is refused', async () => {
    const { result, etc } = await start({ 'ringtmp.yaml': 'cut' }, {});
    expect(result).to.include({ outcome: 'refused', hasOld: false });
    expect(Object.keys(etc)).to.deep.equal([REFUSED]);
    expect(etc[REFUSED]).to.include('has no configuration');
  });

  it('tells no password of a broker in the reason', async () => {
    const boot = flashed(filesOf('pi-1', 'broker: mqtt://me:geheim@10.0.0.2\n', 'topsecret'));
    const error = await expectRefused(boot, /holds a password/);
    const after = await start(boot);
    expect(after.boot[REASON]).not.to.include('geheim').and.not.to.include('topsecret');
    expect(error.message).not.to.include('geheim');
  });

  it('keeps the old one where the new one does not fit, and tries again at the next start', async () => {
    const etc = new CutFolder(installed(OLD));
    const write = etc.write.bind(etc);
    etc.write = async (name, bytes) => {
      await write(name, bytes.subarray(0, 3));
      throw new Error('no space left');
    };
    const boot = new CutFolder(flashed(NEW));
    expect((await takeOver(boot, etc)).outcome).to.equal('refused');
    expect(etc.files).to.deep.equal(installed(OLD));
    expect((await start(boot.files)).etc).to.deep.equal(installed(NEW));
  });

  it('says that the password is still on the card when it cannot be removed from there', async () => {
    const boot = new CutFolder(flashed(NEW));
    boot.rename = async () => Promise.reject(new Error('mounted for reading only'));
    const etc = new CutFolder({});
    const error = (await takeOver(boot, etc).catch((reason: unknown) => reason)) as RingTmpError;
    expect(error.message).to.match(/is taken, but its copy, with the password, is still there: mounted/);
    expect(etc.files).to.deep.equal(installed(NEW));
  });
});

/** A cut is neither a refusal nor a fault of the card: the board is off. */
async function cut(result: ReturnType<typeof takeOver>): Promise<void> {
  const end = await result.catch((error: Error) =>
    Promise.reject(error.cause instanceof PowerCut ? error.cause : error),
  );
  if (end.outcome === 'refused') throw end.error;
}
