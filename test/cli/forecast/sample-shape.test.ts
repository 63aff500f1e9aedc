// The shape of a sample: told, or read from the data.

import { resolve } from 'node:path';
import { expect } from 'chai';
import { sampleShape } from '../../../cli/forecast/sample-shape.js';
import { ConfigurationError, type RingTmpError } from '../../../errors.js';
import type { RunSpec } from '../../../protocol/run-spec.js';
import { dataErrorOf, TemporaryFolder } from '../../data/files.js';
import { IRIS, smallRun, specOf } from '../../support/specs.js';

function runOn(path: string, changes: object = {}): RunSpec {
  return specOf(smallRun({}, { data: { ...IRIS, path }, ...changes }));
}

async function refusalOf(shape: Promise<unknown>): Promise<RingTmpError> {
  return shape.then(
    () => expect.fail('expected a refusal'),
    (error) => error,
  );
}

describe('sampleShape', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
  });
  afterEach(() => folder.remove());

  it('is as told, without a look at the data', async () => {
    const spec = runOn('nowhere.csv');
    expect(await sampleShape(spec, '784')).to.deep.equal([784]);
    expect(await sampleShape(spec, '28x28x3')).to.deep.equal([28, 28, 3]);
  });

  for (const told of ['', '28x', 'x28', '28x0', '-4', '2.5', '28*28', 'large']) {
    it(`cannot be ${JSON.stringify(told)}`, async () => {
      const error = await refusalOf(sampleShape(runOn('nowhere.csv'), told));
      expect(error).to.be.instanceOf(ConfigurationError);
      expect(error.message).to.equal(`--input takes the shape of a sample, got ${JSON.stringify(told)}`);
      expect(error.remedy).to.include('28x28');
    });
  }

  it('is what the data say, wherever the file is', async () => {
    const rows = Array.from({ length: 12 }, (_, row) => `${row},${row % 5},${row % 2 ? 'yes' : 'no'}`);
    const path = await folder.write('own.csv', ['a,b,species', ...rows].join('\n'));
    const layers = [{ type: 'dense', units: 2 }];
    expect(await sampleShape(runOn(path, { model: { layers } }), undefined)).to.deep.equal([2]);
  });

  it('may be told where the data are not on this machine, which the refusal says', async () => {
    const error = await dataErrorOf(sampleShape(runOn(resolve(folder.path, 'nowhere.csv')), undefined));
    expect(error.message).to.include('nowhere.csv');
    expect(error.remedy).to.match(/\. Or tell the shape of a sample: --input 28x28\.$/);
  });

  it('is not given for a model that does not go with the data', async () => {
    const rows = Array.from({ length: 12 }, (_, row) => `${row},${row % 5},class-${row % 3}`);
    const spec = runOn(await folder.write('own.csv', ['a,b,species', ...rows].join('\n')), {
      model: { layers: [{ type: 'dense', units: 2 }] },
    });
    const error = await refusalOf(sampleShape(spec, undefined));
    expect(error).to.be.instanceOf(ConfigurationError);
    expect(error.message).to.match(/tells 2 classes apart, but .* has 3/);
  });
});
