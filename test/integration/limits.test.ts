// `ringtmp limits`, the real command: fleets of processes that are held to little memory, until they fail.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { MemoryGroups } from '../../cli/limits/cgroup.js';
import { type Limits, limitsSchema } from '../../comparison/limits.js';
import { childrenOf, isAlive, ringtmp, start, temporaryFolder } from '../cli/ringtmp.js';

/** Few large layers: few attempts. One engine: agents measure no others. */
const COARSE = [
  'limits',
  '--boards',
  '2',
  '--memory',
  '200MB',
  '--resolution',
  '20',
  '--engine',
  'wasm',
  '--output',
  'out',
];

describe('ringtmp limits', function () {
  this.timeout(240_000);
  const folder = temporaryFolder();

  it('finds a larger model for the ring, and keeps why the next one failed', async () => {
    const { code, stdout, stderr } = await ringtmp([...COARSE, '--json'], folder.path);
    expect(code, stderr).to.equal(0);
    const limits = limitsSchema.parse(JSON.parse(await readFile(join(folder.path, 'out/limits.json'), 'utf8')));
    expect(limits.conditions).to.include({
      kind: (await MemoryGroups.find()) ? 'cgroup' : 'engine',
      memoryBytes: 200e6,
    });
    const [ring, star] = limits.results as [Limits['results'][number], Limits['results'][number]];
    expect([ring.mode, star.mode]).to.deep.equal(['ring', 'star']);
    expect(ring.parameters).to.be.greaterThan(star.parameters);
    for (const { attempts = [], layers } of limits.results) {
      const next = attempts.find((each) => each.layers === (layers as number) + 1);
      expect(next?.outcome).to.be.oneOf(['out of memory', 'refused']);
      expect(next?.reason).to.match(/the kernel killed board-|does not fit/);
    }
    const messages = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(messages[0]).to.include({ type: 'conditions' });
    expect(messages.at(-1)).to.include({ type: 'limits', verdict: 'holds' });
    const all = limits.results.flatMap(({ attempts }) => attempts ?? []);
    expect(messages.filter(({ type }) => type === 'attempt')).to.have.length(all.length);
  });

  it('interrupted leaves no process and no file', async () => {
    const running = start(COARSE, folder.path);
    await running.line(/^Limit: 200\.0 MB a board/);
    let pids: number[] = [];
    while (pids.length === 0) pids = await childrenOf(running.process.pid as number);
    running.process.kill('SIGINT');
    expect((await running.outcome).code).to.equal(130);
    expect(pids.filter(isAlive)).to.deep.equal([]);
    const file = await readFile(join(folder.path, 'out/limits.json'), 'utf8').catch(({ code }) => code);
    expect(file).to.equal('ENOENT');
  });

  it('says at once what is wrong', async () => {
    const faults: readonly [string[], RegExp][] = [
      [['--modes', 'ring,rnig'], /no mode "rnig"; there are ring and star/],
      [['--boards', '0'], /must be a whole number from 1/],
      [['--memory', '160'], /with its unit: MB/],
      [
        ['--memory', '20MB'],
        /20\.0 MB a board is too little: an idle agent takes \d+\.\d MB\n {2}Give each board more/,
      ],
      [['--memory', '900GB'], /are free on this computer/],
      [['--profile', 'pi-9'], /there is no profile pi-9/],
      [['--profile', 'pi-4', '--memory', '1GB'], /cannot be used with/],
    ];
    for (const [args, message] of faults) {
      const { code, stderr } = await ringtmp(['limits', ...args], folder.path);
      expect(stderr).to.match(message);
      expect(code).to.be.greaterThan(0);
    }
  });
});
