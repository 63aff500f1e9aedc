// `ringtmp chaos`, the real command: whatever befalls agents, the master and the broker while a ring trains, nothing is
// lost; nor is anything left behind.

import { readdir } from 'node:fs/promises';
import { expect } from 'chai';
import { FAULTS, kindsOf, MEMBERS } from '../../cli/chaos/fault-plan.js';
import { SmallDisk } from '../../cli/chaos/small-disk.js';
import { childrenOf, isAlive, ringtmp, start, temporaryFolder } from '../cli/ringtmp.js';
import { tinyRun } from '../support/tiny-run.js';

describe('ringtmp chaos', function () {
  this.timeout(300_000);
  const folder = temporaryFolder();

  function runFile(epochs: number): Promise<string> {
    // Many messages for little mathematics: it takes a while on any machine.
    const spec = tinyRun({ training: { epochs, microBatches: 10 }, snapshots: { everySteps: 10 } });
    return folder.write('tiny.json', JSON.stringify(spec));
  }

  /** Of ours: other tests may be about. */
  async function leftovers(): Promise<string[]> {
    return (await readdir(folder.path)).filter((name) => name.startsWith('ringtmp-'));
  }

  it('lets ten faults of all kinds befall a ring, which ends with the weights of one process each time', async () => {
    // A disk that can be filled takes root on Linux.
    const faultsHere = FAULTS.filter((fault) => fault !== 'full' || SmallDisk.obstacle() === null);
    const kinds = kindsOf('ring', faultsHere, MEMBERS);
    const args = [
      'chaos',
      '--boards',
      '3',
      '--kinds',
      faultsHere.join(),
      '--every',
      '100ms',
      '--faults',
      '10',
      '--json',
    ];
    const { code, stdout, stderr } = await ringtmp([...args, await runFile(200)], folder.path, { TMPDIR: folder.path });
    expect(stderr).to.equal('');
    const messages = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const faults = messages.filter(({ type }) => type === 'fault');
    expect(faults).to.have.length(10);
    for (const { recoveryMs } of faults) expect(recoveryMs).to.be.a('number').above(0);
    const report = messages.at(-1);
    expect(report).to.include({ type: 'report', standard: 'weights', matches: true });
    expect(report.kinds.at(-1)).to.include({ kind: 'all', faults: 10, matching: 10 });
    expect(report.kinds).to.have.length.within(2, kinds.length + 1);
    expect(code).to.equal(0);
    expect(await leftovers()).to.deep.equal([]);
  });

  it('leaves nothing behind when it is interrupted', async () => {
    const args = ['chaos', '--boards', '2', '--kinds', 'freeze,cut', '--every', '100ms'];
    const running = start([...args, await runFile(3_000)], folder.path, { TMPDIR: folder.path });
    await running.line(/freeze|cut/);
    const pids = await childrenOf(running.process.pid as number);
    expect(pids).to.have.length(4);
    running.process.kill('SIGINT');
    expect((await running.outcome).code).to.equal(130);
    expect(pids.filter(isAlive)).to.deep.equal([]);
    expect(await leftovers()).to.deep.equal([]);
  });

  it('says what is wrong with what was typed', async () => {
    const { code, stderr } = await ringtmp(['chaos', '--kinds', 'kill,rain', await runFile(1)]);
    expect(code).to.equal(2);
    expect(stderr).to.contain('kill, lose, freeze, cut, corrupt, full');
    const unknown = await ringtmp(['chaos', '--variant', 'rnig', await runFile(1)]);
    expect(unknown.code).to.equal(1);
    expect(unknown.stderr).to.contain('there is no variant "rnig"').and.to.contain('ring-async');
    const none = await ringtmp(['chaos', '--kinds', 'full', '--kill', 'broker', await runFile(1)]);
    expect(none.code).to.equal(1);
    expect(none.stderr).to.contain('none of the faults can befall any of the members');
  });
});
