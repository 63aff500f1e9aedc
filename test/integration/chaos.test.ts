// `ringtmp chaos`, the real command: an agent, the master and the broker are killed while a ring trains, and nothing is
// lost; nor is anything left behind.

import { readdir } from 'node:fs/promises';
import { expect } from 'chai';
import { childrenOf, isAlive, ringtmp, start, temporaryFolder } from '../cli/ringtmp.js';
import { tinyRun } from '../support/tiny-run.js';

describe('ringtmp chaos', function () {
  this.timeout(120_000);
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

  it('kills an agent, the master and the broker, and ends with the weights of one process', async () => {
    const args = ['chaos', '--boards', '2', '--kinds', 'kill', '--every', '300ms', '--faults', '3', '--json'];
    const { code, stdout, stderr } = await ringtmp([...args, await runFile(60)], folder.path, { TMPDIR: folder.path });
    expect(stderr).to.equal('');
    const messages = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const faults = messages.filter(({ type }) => type === 'fault');
    expect(faults.map(({ member }) => member)).to.have.length(3);
    for (const { fault, recoveryMs } of faults) {
      expect(fault).to.equal('kill');
      expect(recoveryMs).to.be.a('number').above(0);
    }
    const report = messages.at(-1);
    expect(report).to.include({ type: 'report', standard: 'weights', matches: true });
    expect(report.kinds.at(-1)).to.include({ kind: 'all', faults: 3, matching: 3 });
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
    const none = await ringtmp(['chaos', '--kinds', 'full', '--kill', 'broker', await runFile(1)]);
    expect(none.code).to.equal(1);
    expect(none.stderr).to.contain('none of the faults can befall any of the members');
  });
});
