// `ringtmp verify`, the real command: a fleet of processes computes what one process computes.

import { join } from 'node:path';
import { expect } from 'chai';
import { EXAMPLES, ringtmp, temporaryFolder } from '../cli/ringtmp.js';

describe('ringtmp verify', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  async function verify(mode: 'ring' | 'star', ...options: string[]) {
    const spec = {
      name: 'tiny',
      data: { source: 'csv', path: join(EXAMPLES, 'data/iris.csv'), target: 'species' },
      model: {
        layers: [
          { type: 'dense', units: 8, activation: 'tanh' },
          { type: 'dense', units: 3 },
        ],
      },
      loss: 'softmaxCrossEntropy',
      training: { epochs: 10, batch: 20, schedule: mode === 'ring' ? 'async' : 'sync' },
      mode,
    };
    const file = await folder.write('tiny.json', JSON.stringify(spec));
    return ringtmp(['verify', '--boards', '2', ...options, file], folder.path, { TMPDIR: folder.path });
  }

  it('finds the weights of a ring identical', async () => {
    const { code, stdout, stderr } = await verify('ring');
    expect(stderr).to.equal('');
    expect(stdout).to.match(/Identical: all 4 tensors, bit for bit\.\n$/);
    expect(code).to.equal(0);
  });

  it('compares the accuracies of a star, and tells it to a program', async () => {
    const { code, stdout } = await verify('star', '--json');
    const verdict = JSON.parse(stdout.trim().split('\n').at(-1) as string);
    expect(verdict).to.include({ type: 'verified', mode: 'star', standard: 'accuracy', matches: true });
    expect(verdict.difference.tensors).to.equal(4);
    expect(verdict.evaluations.map(({ metric }: { metric: string }) => metric)).to.deep.equal(['accuracy', 'accuracy']);
    expect(code).to.equal(0);
  });
});
