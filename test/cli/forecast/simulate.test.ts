// From the options of `ringtmp simulate` to its text, its table and its charts; and what it refuses.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { stringify } from 'yaml';
import type { SimulateOptions } from '../../../cli/commands/simulate.js';
import { simulate } from '../../../cli/forecast/simulate.js';
import { CapacityError, ConfigurationError } from '../../../errors.js';
import { TemporaryFolder } from '../../data/files.js';
import { smallRun } from '../../support/specs.js';

describe('simulate', () => {
  let folder: TemporaryFolder;
  let file = '';
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
    file = await folder.write('run.yaml', stringify(smallRun()));
  });
  afterEach(() => folder.remove());

  const simulated = (options: Partial<SimulateOptions>) =>
    simulate(file, { boards: '2', profile: 'pi-4', input: '4', ...options }, 120);

  it('tells both modes, or those that are asked for', async () => {
    const modes = async (mode?: string) =>
      JSON.parse(await simulated({ json: true, ...(mode && { mode }) })).points.map(
        (point: { mode: string }) => point.mode,
      );
    expect(await modes()).to.deep.equal(['ring', 'star']);
    expect(await modes('star, ring')).to.deep.equal(['ring', 'star']);
    expect(await modes('star')).to.deep.equal(['star']);
  });

  it('says what it supposes, as text and as JSON: of the master, of a filter, of evaluations and messages', async () => {
    const star = { filter: { type: 'significance', threshold: 0.01 } };
    file = await folder.write('run.yaml', stringify(smallRun({}, { star })));
    const { assumptions } = JSON.parse(await simulated({ json: true }));
    expect(assumptions.map((each: string) => each.split(' ').slice(0, 4).join(' '))).to.deep.equal([
      'the master is a',
      'what the filter significance',
      'evaluations are left out',
      'a message costs no',
    ]);
    const told = (await simulated({ masterProfile: 'pi-5' })).split('\n');
    expect(told.filter((line) => line.startsWith('assumed: '))).to.deep.equal(
      assumptions.slice(1).map((each: string) => `assumed: ${each}`),
    );
  });

  it('shows links only where asked to', async () => {
    expect(await simulated({})).not.to.match(/^star of 2$/m);
    expect(await simulated({ links: true })).to.match(/^star of 2$/m);
  });

  it('writes its table', async () => {
    const csv = join(folder.path, 'scaling.csv');
    await simulated({ csv, boards: '2,3' });
    expect((await readFile(csv, 'utf8')).trim().split('\n')).to.have.length(1 + 4);
  });

  it('draws each figure over the number of boards', async () => {
    const plots = join(folder.path, 'plots');
    await simulated({ plots, boards: '2,4,9' });
    const names = ['bytes', 'energy', 'idle', 'link', 'throughput'].map((name) => `small-${name}.svg`);
    expect((await readdir(plots)).sort()).to.deep.equal(names);
    const drawn = await readFile(join(plots, 'small-idle.svg'), 'utf8');
    expect(drawn).to.match(/<svg /).and.to.include('small on pi-4, simulated').and.to.include('idle share');
  });

  const REFUSED: readonly [
    string,
    Partial<SimulateOptions>,
    typeof ConfigurationError | typeof CapacityError,
    RegExp,
  ][] = [
    ['too many boards', { boards: '2,10001' }, ConfigurationError, /from 1 to 10000, got "2,10001"/],
    ['a mode twice', { mode: 'ring,ring' }, ConfigurationError, /--mode takes ring, star, got "ring,ring"/],
    ['a mode that does not fit', { boards: '9', mode: 'ring' }, CapacityError, /^ring of 9 boards: 9 stages/],
    ['no place to write to', { csv: '/nowhere/a.csv' }, ConfigurationError, /^cannot write \/nowhere\/a\.csv/],
    [
      'no folder for charts',
      { plots: '/proc/plots', csv: '/nowhere/a.csv' },
      ConfigurationError,
      /^cannot write to \/proc/,
    ],
    ['a shape that is none', { input: '4y' }, ConfigurationError, /--input takes the shape of a sample, got "4y"/],
  ];
  for (const [what, options, type, message] of REFUSED) {
    it(`refuses ${what}`, async () => {
      const refusal = await simulated(options).then(
        () => expect.fail('it was not refused'),
        (error) => error,
      );
      expect(refusal).to.be.instanceOf(type);
      expect(refusal.message).to.match(message);
      expect(refusal.remedy).to.be.a('string');
    });
  }
});
