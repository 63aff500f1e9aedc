// A worker's own data: its samples in its own order, one share ahead; and a refusal where they are not the run's.

import { expect } from 'chai';
import { type LocalData, openLocalData } from '../../agent/local-data.js';
import { ConfigurationError, DataError, type RingTmpError } from '../../errors.js';
import type { Incoming } from '../../node/node-messages.js';
import type { Assignment } from '../../protocol/assignment.js';
import { TemporaryFolder } from '../data/files.js';
import { smallRun, specOf } from '../support/specs.js';

const ROWS = 40;
const SHARE = 4;

/** Rows `x, 0, colour`, where x tells the row. */
function table(colours: readonly string[], rows = ROWS): string {
  const lines = Array.from({ length: rows }, (_, row) => `${row},0,${colours[row % colours.length]}`);
  return ['x,y,colour', ...lines].join('\n');
}

describe('local data', () => {
  let folder: TemporaryFolder;
  beforeEach(async () => {
    folder = await TemporaryFolder.create();
  });
  afterEach(() => folder.remove());

  interface Changes {
    readonly position?: number;
    readonly localSteps?: number;
    readonly data?: object;
    readonly assignment?: Partial<Assignment>;
  }

  function assignmentOf({ position = 1, localSteps = 1, data, assignment }: Changes = {}): Assignment {
    const csv = { source: 'csv', path: 'own.csv', target: 'colour', holdOut: 0.1, normalize: 'none', ...data };
    const star = { data: 'local', localSteps };
    const spec = specOf(smallRun({ batch: 2 * SHARE, microBatches: 2 }, { mode: 'star', data: csv, star }));
    return {
      ...{ run: 'own', generation: 0, position, workers: 2, firstLayer: 0, endLayer: 5, window: 1, links: null, spec },
      ...{ inputShape: [2], shares: [SHARE, SHARE], classNames: ['blue', 'red'] },
      ...assignment,
    };
  }

  const open = (changes?: Changes): Promise<LocalData> => openLocalData(assignmentOf(changes), [folder.path]);

  async function refusalOf(type: typeof ConfigurationError | typeof DataError, changes?: Changes) {
    const error = await open(changes).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(type);
    return error as RingTmpError;
  }

  /** The rows that a worker sees in so many clocks. */
  async function rowsOf(changes: Changes, clocks: number): Promise<number[]> {
    const data = await open(changes);
    const rows: number[] = [];
    const deliver = (message: Incoming) => {
      if (message.kind === 'activation') rows.push(...message.data.filter((_, at) => at % 2 === 0));
    };
    data.begin(deliver);
    for (let clock = 2; clock < clocks; clock++) data.pushed(deliver);
    return rows;
  }

  it('gives two shares at the beginning and one for each push, each with its targets first', async () => {
    await folder.write('own.csv', table(['red', 'blue']));
    const data = await open({ localSteps: 2 });
    const heard: string[] = [];
    const deliver = (message: Incoming) => {
      if (message.kind !== 'activation' && message.kind !== 'targets') throw new Error(message.kind);
      expect(message.data).to.have.length(message.kind === 'targets' ? SHARE : 2 * SHARE);
      heard.push(`${message.kind} ${message.step}/${message.micro}`);
    };
    data.begin(deliver);
    expect(heard).to.deep.equal(
      ['0/0', '0/1', '1/0', '1/1'].flatMap((place) => [`targets ${place}`, `activation ${place}`]),
    );
    data.pushed(deliver);
    expect(heard.slice(8)).to.deep.equal(['targets 2/0', 'activation 2/0', 'targets 2/1', 'activation 2/1']);
  });

  it('gives each row the target that it has', async () => {
    await folder.write('own.csv', table(['red', 'blue']));
    const data = await open();
    let targets: Float32Array = new Float32Array(0);
    data.begin((message) => {
      if (message.kind === 'targets') targets = message.data;
      else if (message.kind === 'activation') {
        const rows = message.data.filter((_, at) => at % 2 === 0);
        expect([...targets]).to.deep.equal([...rows].map((row) => (row + 1) % 2));
      }
    });
    expect(targets).to.have.length(SHARE);
  });

  it('shows every row but the held-out ones once in an epoch, whatever the local steps', async () => {
    await folder.write('own.csv', table(['red', 'blue']));
    for (const localSteps of [1, 3]) {
      const clocks = 9 / localSteps; // of 36 rows
      const rows = await rowsOf({ localSteps }, clocks);
      expect(new Set(rows).size).to.equal(36);
      expect(rows).to.have.length(36);
    }
  });

  it('draws in an order of its own, and the same each time', async () => {
    await folder.write('own.csv', table(['red', 'blue']));
    const [first, second, again] = [
      await rowsOf({ position: 1 }, 9),
      await rowsOf({ position: 2 }, 9),
      await rowsOf({ position: 1 }, 9),
    ];
    expect(first).to.deep.equal(again);
    expect(first).not.to.deep.equal(second);
    const sorted = (rows: number[]) => [...rows].sort((a, b) => a - b);
    expect(sorted(first)).to.deep.equal(sorted(second)); // the held-out rows are the run's, not the board's
  });

  it('refuses classes that mean something else', async () => {
    await folder.write('own.csv', table(['red', 'green']));
    const error = await refusalOf(ConfigurationError);
    expect(error.message).to.equal(`this board's targets are "green, red", the run's "blue, red"`);
    expect(error.remedy).to.contain('the same classes');
  });

  it('refuses classes of which it lacks one in between, and takes those that lack the last', async () => {
    await folder.write('own.csv', table(['red', 'blue']));
    const names = (...classNames: string[]) => ({ assignment: { classNames } });
    expect((await refusalOf(ConfigurationError, names('blue', 'green', 'red'))).message).to.contain('blue, green, red');
    await open(names('blue', 'red', 'yellow'));
    await refusalOf(ConfigurationError, names('blue'));
  });

  it('refuses classes where the run has numbers, and numbers where it has classes', async () => {
    await folder.write('own.csv', table(['red', 'blue']));
    const { classNames: _, ...withoutClasses } = assignmentOf();
    const error = await openLocalData(withoutClasses, [folder.path]).catch((reason: Error) => reason);
    expect((error as Error).message).to.equal(`this board's targets are "blue, red", the run's numbers`);
    await folder.write('own.csv', 'x,y,colour\n1,2,3.5\n4,5,6.5\n7,8,9.5\n1,2,3\n3,4,5\n6,6,6\n7,7,7\n8,8,8');
    const other = await refusalOf(ConfigurationError, { data: { task: 'regression' } });
    expect(other.message).to.equal(`this board's targets are numbers, the run's "blue, red"`);
  });

  it('refuses samples of another shape, before it looks at the classes', async () => {
    await folder.write('own.csv', table(['green', 'yellow']));
    const error = await refusalOf(ConfigurationError, { assignment: { inputShape: [4] } });
    expect(error.message).to.equal("this board's samples have shape [2], the run's [4]");
    expect(error.remedy).to.contain('the same columns');
  });

  it('normalises by the mean and deviation of the run, so that a value is the same on every board', async () => {
    await folder.write('own.csv', table(['red', 'blue']));
    const features = [
      { name: 'x', mean: 10, deviation: 4 },
      { name: 'y', mean: -1, deviation: 2 },
    ];
    const data = await open({ data: { normalize: 'standard' }, assignment: { features } });
    data.begin((message) => {
      if (message.kind !== 'activation') return;
      message.data.forEach((value, at) => {
        if (at % 2 === 1)
          expect(value).to.equal(0.5); // y is 0
        else expect(4 * value + 10).to.be.oneOf(Array.from({ length: ROWS }, (_, row) => row));
      });
    });
  });

  it('refuses columns of other names, which would be normalised by what they are not', async () => {
    await folder.write('own.csv', table(['red', 'blue']));
    const features = ['y', 'x'].map((name) => ({ name, mean: 0, deviation: 1 }));
    const error = await refusalOf(ConfigurationError, { assignment: { features } });
    expect(error.message).to.equal('column 0 of this board\'s samples is "x", of the run\'s "y"');
    expect(error.remedy).to.contain('in the same order');
  });

  it('refuses a file outside of its data folders, whether it is there or not', async () => {
    const texts: string[] = [];
    for (const path of ['/etc/passwd', '/etc/no-such-file', '../own.csv']) {
      const error = await refusalOf(DataError, { data: { path } });
      expect(error.message).to.contain('is outside of the data folders');
      texts.push(error.message.replace(/^\S+/, 'it'));
    }
    expect(new Set(texts).size).to.equal(1);
  });

  it('refuses a file that is not there, and a share larger than the rows', async () => {
    expect((await refusalOf(DataError)).message).to.contain('own.csv');
    await folder.write('own.csv', table(['red', 'blue'], 4));
    expect((await refusalOf(DataError)).message).to.match(/has 3 training samples, fewer than one batch of 4/);
  });
});
