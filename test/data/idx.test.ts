// The IDX source, on Debian's Fashion-MNIST (apt install dataset-fashion-mnist) and on small misfits.

import { existsSync } from 'node:fs';
import { expect } from 'chai';
import type { DataSource, IdxSpec } from '../../data/data-source.js';
import { openDataSource } from '../../data/open-data-source.js';
import { need } from '../support/requirements.js';
import { classSizes, dataErrorOf, idxBytes, readAll, TemporaryFolder } from './files.js';

const FASHION: IdxSpec = {
  source: 'idx',
  train: { images: 'train-images-idx3-ubyte.gz', labels: 'train-labels-idx1-ubyte.gz' },
  test: { images: 't10k-images-idx3-ubyte.gz', labels: 't10k-labels-idx1-ubyte.gz' },
};

const FOLDER = '/usr/share/datasets/fashion-mnist';

describe('The IDX source on Fashion-MNIST', () => {
  let data: DataSource;
  before(async function () {
    need(this, { isThere: existsSync(FOLDER), remedy: 'sudo apt install dataset-fashion-mnist' });
    data = await openDataSource(FASHION, { seed: 1, folders: [FOLDER] });
  });

  it('has 60,000 images to train on and 10,000 held out, ten classes each of equal size', () => {
    expect([data.train.count, data.test.count]).to.deep.equal([60_000, 10_000]);
    expect(data.train.sampleShape).to.deep.equal([28, 28]);
    expect(data.train.targetShape).to.deep.equal([1]);
    expect(data.name).to.equal('fashion-mnist');
    expect(data.classNames).to.deep.equal(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect(classSizes(readAll(data.test).targets, 10)).to.deep.equal(new Array(10).fill(1000));
  });

  it('reads rows in the order asked for, as floats from 0 to 1', () => {
    const samples = new Float32Array(3 * 784);
    const targets = new Float32Array(3);
    data.train.read([59_999, 0, 59_999], samples, targets);
    expect([...targets]).to.deep.equal([5, 9, 5]); // a sandal and an ankle boot
    expect(samples.subarray(0, 784)).to.deep.equal(samples.subarray(2 * 784));
    expect(samples.subarray(784, 2 * 784)).not.to.deep.equal(samples.subarray(0, 784));
    expect(Math.max(...samples)).to.equal(1);
    expect(Math.min(...samples)).to.equal(0);
  });

  it('writes to the start of longer buffers and leaves the rest alone', () => {
    const samples = new Float32Array(785).fill(-1);
    const targets = new Float32Array(2).fill(-1);
    data.test.read(Uint32Array.of(0), samples, targets);
    expect([samples[784], targets[1]]).to.deep.equal([-1, -1]);
    expect(targets[0]).to.equal(9);
  });

  it('refuses rows that do not exist and buffers that are too short', () => {
    const samples = new Float32Array(784);
    const targets = new Float32Array(1);
    for (const index of [-1, 10_000, 0.5, Number.NaN]) {
      expect(() => data.test.read([index], samples, targets)).to.throw('does not exist');
    }
    expect(() => data.test.read([0, 1], samples, new Float32Array(2))).to.throw('samples holds 784 floats');
    expect(() => data.test.read([0], samples, new Float32Array(0))).to.throw('targets holds 0 floats');
  });
});

describe('The IDX source', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await TemporaryFolder.create();
    await folder.write('images', idxBytes([2, 1, 2], Uint8Array.of(0, 51, 102, 255)));
    await folder.write('wide', idxBytes([2, 3], new Uint8Array(6)));
    await folder.write('labels', idxBytes([2], Uint8Array.of(1, 0)));
    await folder.write('labels3', idxBytes([3], Uint8Array.of(1, 0, 1)));
  });
  after(() => folder.remove());

  const open = (images: string, labels: string, testImages = images) =>
    openDataSource(
      { source: 'idx', train: { images, labels }, test: { images: testImages, labels } },
      { seed: 1, folders: [folder.path] },
    );

  it('divides bytes by 255 and takes labels as class indices', async () => {
    const { samples, targets } = readAll((await open('images', 'labels')).train);
    expect([...samples]).to.deep.equal([0, Math.fround(0.2), Math.fround(0.4), 1]);
    expect([...targets]).to.deep.equal([1, 0]);
  });

  it('refuses files that do not belong together', async () => {
    expect((await dataErrorOf(open('images', 'labels3'))).message).to.match(/2 images, but .*labels3 3 labels/);
    expect((await dataErrorOf(open('labels', 'labels'))).message).to.include('has 1 dimension');
    expect((await dataErrorOf(open('images', 'images'))).remedy).to.include('swapped');
    expect((await dataErrorOf(open('images', 'labels', 'wide'))).message).to.include('are 1 x 2, but those of wide 3');
  });
});
