// The CSV source, on the irises that come with the project and on small files with every kind of fault.

import { resolve } from 'node:path';
import { expect } from 'chai';
import type { CsvSpec, DataSource } from '../../data/data-source.js';
import { openDataSource } from '../../data/open-data-source.js';
import { classSizes, dataErrorOf, readAll, TemporaryFolder } from './files.js';

const EXAMPLES = resolve(import.meta.dirname, '../../../examples/data');

describe('The CSV source on iris.csv', () => {
  const open = (changes: Partial<CsvSpec> = {}, seed = 1) =>
    openDataSource({ source: 'csv', path: 'iris.csv', target: 'species', ...changes }, { seed, folders: [EXAMPLES] });

  it('has four features, three classes, and a fifth of each class held out', async () => {
    const data = await open();
    expect(data.name).to.equal('iris.csv');
    expect(data.classNames).to.deep.equal(['setosa', 'versicolor', 'virginica']);
    expect(data.train.sampleShape).to.deep.equal([4]);
    expect(classSizes(readAll(data.train).targets, 3)).to.deep.equal([40, 40, 40]);
    expect(classSizes(readAll(data.test).targets, 3)).to.deep.equal([10, 10, 10]);
  });

  it('normalises by the training rows alone', async () => {
    const data = await open();
    const raw = await open({ normalize: 'none' });
    const { samples } = readAll(data.train);
    for (let feature = 0; feature < 4; feature++) {
      const column = samples.filter((_, index) => index % 4 === feature);
      const mean = column.reduce((sum, value) => sum + value, 0) / 120;
      expect(mean).to.be.closeTo(0, 1e-6);
      expect(column.reduce((sum, value) => sum + value * value, 0) / 120).to.be.closeTo(1, 1e-5);
    }
    const [scaled, unscaled] = [readAll(data.test).samples, readAll(raw.test).samples];
    scaled.forEach((value, index) => {
      const { mean, deviation } = data.features?.[index % 4] ?? expect.fail();
      expect(value).to.be.closeTo(((unscaled[index] as number) - mean) / deviation, 1e-5);
    });
    expect(raw.features?.[0]).to.deep.equal({ name: 'sepal_length', mean: 0, deviation: 1 });
  });

  it('splits by the seed', async () => {
    const [first, again, other] = await Promise.all([open({}, 7), open({}, 7), open({}, 8)]);
    expect(readAll(first.test)).to.deep.equal(readAll(again.test));
    expect(readAll(first.test)).not.to.deep.equal(readAll(other.test));
  });

  it('predicts a numeric column as a regression and leaves text columns out', async () => {
    const data = await open({ target: 'petal_width', holdOut: 0.5 });
    expect(data.classNames).to.equal(undefined);
    expect(data.features?.map(({ name }) => name)).to.deep.equal(['sepal_length', 'sepal_width', 'petal_length']);
    expect(data.test.count).to.equal(75);
    const values = [...readAll(data.train).targets, ...readAll(data.test).targets];
    expect(Math.min(...values)).to.be.closeTo(0.1, 1e-6);
    expect(Math.max(...values)).to.be.closeTo(2.5, 1e-6);
  });

  it('takes the columns named, in file order, and the target by index', async () => {
    const data = await open({ target: 4, columns: ['petal_width', 'sepal_length'] });
    expect(data.features?.map(({ name }) => name)).to.deep.equal(['sepal_length', 'petal_width']);
    expect(data.classNames).to.have.length(3);
  });

  it('guesses the column that was meant', async () => {
    const error = await dataErrorOf(open({ target: 'spezies' }));
    expect(error.message).to.include('no column "spezies"').and.include('"petal_width"');
    expect(error.remedy).to.equal('Did you mean "species"?');
    expect((await dataErrorOf(open({ columns: ['petal_lenght'] }))).remedy).to.include('"petal_length"');
  });
});

describe('The CSV source', () => {
  let folder: TemporaryFolder;
  before(async () => {
    folder = await TemporaryFolder.create();
  });
  after(() => folder.remove());

  const open = async (content: string, changes: Partial<CsvSpec> = {}): Promise<DataSource> => {
    await folder.write('a.csv', content);
    const spec: CsvSpec = { source: 'csv', path: 'a.csv', target: 'y', normalize: 'none', ...changes };
    return openDataSource(spec, { seed: 1, folders: [folder.path] });
  };
  const refused = async (content: string, changes: Partial<CsvSpec> = {}) => dataErrorOf(open(content, changes));

  it('reads files without a header, with quotes, blank lines, a byte order mark and Windows line ends', async () => {
    const { train, test, classNames } = await open('\ufeff1, 2,"no, never"\r\n\r\n3,4,yes\r\n', {
      header: false,
      target: 2,
    });
    expect(classNames).to.deep.equal(['no, never', 'yes']);
    const rows = [readAll(train), readAll(test)].map(({ samples, targets }) => [...samples, ...targets]);
    expect(rows.sort()).to.deep.equal([
      [1, 2, 0],
      [3, 4, 1],
    ]);
    expect((await open('1,a\n2,b', { header: false, target: '1' })).features?.[0]?.name).to.equal('0');
  });

  it('reads files of the data folders only', async () => {
    const spec: CsvSpec = { source: 'csv', path: '/etc/passwd', target: 'x' };
    const { message, remedy } = await dataErrorOf(openDataSource(spec, { seed: 1, folders: [folder.path] }));
    expect(message).to.include('/etc/passwd is outside of the data folders (');
    expect(message).not.to.include('root:');
    expect(remedy).to.include('--data');
  });

  it('takes numbers as classes when told so, in order of number', async () => {
    const content = 'x,y\n1,10\n2,9\n3,10\n4,100\n';
    expect((await open(content, { task: 'classification' })).classNames).to.deep.equal(['9', '10', '100']);
    expect((await open(content)).classNames).to.equal(undefined);
  });

  it('leaves a constant column undivided', async () => {
    const { train } = await open('x,y\n0.1,a\n0.1,b\n0.1,a\n0.1,b\n', { normalize: 'standard' });
    expect([...readAll(train).samples]).to.deep.equal([0, 0, 0]);
  });

  it('keeps at least one row on either side', async () => {
    for (const holdOut of [0.01, 0.99]) {
      const { train, test } = await open('x,y\n1,a\n2,b\n', { holdOut });
      expect([train.count, test.count]).to.deep.equal([1, 1]);
    }
  });

  it('names line, column and value of a cell that is no number', async () => {
    const error = await refused('x,y\n1,a\n\nabc,b\n3,c\n');
    expect(error.message).to.include('line 4, column "x": "abc" is not a number');
    expect((await refused('x,y\n1,a\n,b\n')).message).to.include('line 3, column "x": "" is not');
    expect((await refused('x,y\n1e39,a\n1,b\n')).message).to.include('"1e39" is not a number that a 32-bit float');
    expect((await refused('x,t,y\n1,q,a\n2,r,b\n', { columns: ['x', 't'] })).message).to.include('"q"');
    expect((await refused('x,y\n1,a\n2,7\n', { task: 'regression' })).message).to.include('column "y": "a"');
    expect((await refused('x,y\n1,\n')).message).to.include('line 2: the target column "y" is empty');
  });

  it('refuses ragged rows and broken quotes, with the line', async () => {
    const ragged = await refused('x,y\n1,a\n2\n');
    expect(ragged.message).to.include('line 3');
    expect(ragged.remedy).to.include('as many cells');
    expect((await refused('x,y\n1,"a\n2,b\n')).message).to.include('no well-formed CSV');
    expect((await refused(`x,y\n${'1'.repeat(2 << 20)}`)).message).to.include('no well-formed CSV');
  });

  it('refuses columns that are missing, doubled, or both target and feature', async () => {
    expect((await refused('x,y\n1,a\n2,b\n', { target: 2 })).message).to.include('it has columns 0 to 1');
    expect((await refused('x,y,y\n1,a,b\n')).message).to.include('2 columns called "y"');
    expect((await refused('x,y\n1,2\n3,4\n', { columns: ['x', 'y'] })).remedy).to.include('Take "y" out');
    expect((await refused('x,y\nq,a\nr,b\n')).message).to.include('no numeric column');
    expect((await refused('x,y\n1,a\n2,b\n', { columns: [] })).message).to.include('no numeric column');
  });

  it('refuses files with too little in them', async () => {
    expect((await refused('')).message).to.include('is empty');
    expect((await refused('x,y\n1,2\n')).message).to.include('1 rows, too few');
    expect((await refused('x,y\n')).message).to.include('no numeric column');
    expect((await refused('x,y\n1,a\n2,a\n')).message).to.include('1 classes');
    expect((await refused('x,y\n1,a\n2,b\n', { holdOut: 1 })).message).to.include('holdOut is 1');
  });

  it('refuses paths that cannot be read', async () => {
    const absent = await refused('', { path: 'absent.csv' });
    expect(absent.message).to.include('there is no file').and.include('absent.csv');
    expect((await refused('', { path: '.' })).message).to.include('no regular file');
  });
});
