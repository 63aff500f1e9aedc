// `ringtmp verify`, the real command: a fleet of processes computes what one process computes.

import { expect } from 'chai';
import { ringtmp, temporaryFolder } from '../cli/ringtmp.js';
import { tinyRun } from '../support/tiny-run.js';

describe('ringtmp verify', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  async function verify(mode: 'ring' | 'star', ...options: string[]) {
    const spec = tinyRun({ training: { epochs: 10, schedule: mode === 'ring' ? 'async' : 'sync' }, mode });
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
