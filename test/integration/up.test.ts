// `ringtmp up`, the real command: a fleet of processes that trains, and of which nothing is left.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { childrenOf, isAlive, type Running, ringtmp, start, temporaryFolder } from '../cli/ringtmp.js';
import { tinyRun } from '../support/tiny-run.js';

const RUNNING = /"state":"running","generation":0,"step":[1-9]/;

describe('ringtmp up', function () {
  this.timeout(60_000);
  const folder = temporaryFolder();

  function runFile(epochs: number): Promise<string> {
    const spec = tinyRun({ training: { epochs }, links: 'direct' });
    return folder.write('tiny.json', JSON.stringify(spec));
  }

  async function up(epochs: number): Promise<Running> {
    return start(['up', '--boards', '2', '--port', '0', '--json', await runFile(epochs)], folder.path);
  }

  /** A run that would go on for minutes, and its processes: broker, master, two boards. */
  async function midRun(): Promise<{ running: Running; pids: number[] }> {
    const running = await up(100_000);
    await running.line(RUNNING);
    const pids = await childrenOf(running.process.pid as number);
    expect(pids).to.have.length(4);
    return { running, pids };
  }

  async function expectGone(pids: readonly number[]): Promise<void> {
    for (let tries = 0; tries < 100 && pids.some(isAlive); tries++) await sleep(50);
    expect(pids.filter(isAlive)).to.deep.equal([]);
  }

  it('trains and ends with a summary', async () => {
    const { code, stdout, stderr } = await (await up(150)).outcome;
    expect(stderr).to.equal('');
    expect(code).to.equal(0);
    const messages = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(messages[0]).to.include({ type: 'fleet', boards: 2 });
    const { summary } = messages.at(-1);
    expect(summary).to.include({ state: 'finished', steps: 900 });
    expect(summary.boards.map(({ agent }: { agent: string }) => agent)).to.have.members([
      'master',
      'board-1',
      'board-2',
    ]);
    for (const { node } of summary.boards) {
      expect(node.bytesOut).to.be.greaterThan(0);
      expect(node.links).to.deep.equal({ forward: 'direct', backward: 'direct' });
    }
    expect((await readFile(join(folder.path, summary.modelFile))).length).to.be.greaterThan(0);
  });

  it('measures and computes with the engine that is asked for', async () => {
    const args = ['up', '--boards', '1', '--port', '0', '--json', '--keep', '--engine', 'plain'];
    const running = start([...args, await runFile(1)], folder.path);
    const announced = running.line(/"type":"fleet"/);
    const ended = running.line(/"type":"summary"/);
    const { broker } = JSON.parse(await announced);
    const { summary } = JSON.parse(await ended);
    const { boards } = JSON.parse((await ringtmp(['status', '--json', '--broker', broker])).stdout);
    running.process.kill('SIGINT');
    await running.outcome;
    expect(boards['board-1'].info.engine).to.equal('plain');
    const spec = await readFile(join(folder.path, summary.folder, 'spec.json'), 'utf8');
    expect(JSON.parse(spec).engine).to.equal('plain');
  });

  it('interrupted by Ctrl-C stops the run, leaves no process, and can start again at once', async () => {
    const { running, pids } = await midRun();
    running.process.kill('SIGINT');
    const { code, stdout } = await running.outcome;
    expect(code).to.equal(130);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) as string).summary).to.include({ state: 'stopped' });
    expect(pids.filter(isAlive)).to.deep.equal([]);
    expect((await (await up(1)).outcome).code).to.equal(0);
  });

  it('ends with a clear error when a board is killed', async () => {
    const { running, pids } = await midRun();
    const board = await pidOf(pids, 'board-2');
    process.kill(board, 'SIGKILL');
    const { code, stdout } = await running.outcome;
    expect(code).to.equal(1);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) as string).error.message).to.include('board-2');
    expect(pids.filter(isAlive)).to.deep.equal([]);
  });

  it('leaves no process when it is killed itself', async () => {
    const { running, pids } = await midRun();
    running.process.kill('SIGKILL');
    await running.outcome;
    await expectGone(pids);
  });

  it('interrupted while it starts leaves no process', async () => {
    const running = start(['up', '--boards', '2', '--port', '0'], folder.path);
    let pids: number[] = [];
    while (pids.length < 2) pids = await childrenOf(running.process.pid as number);
    running.process.kill('SIGTERM');
    expect((await running.outcome).code).to.equal(130);
    await expectGone(pids);
  });

  it('without a run file stays up until Ctrl-C', async () => {
    const running = start(['up', '--boards', '1', '--port', '0'], folder.path);
    await running.line(/stays up/);
    const pids = await childrenOf(running.process.pid as number);
    running.process.kill('SIGINT');
    const { code, stdout } = await running.outcome;
    expect(code).to.equal(0);
    expect(stdout).to.include('A master and 1 board at mqtt://127.0.0.1:');
    expect(pids.filter(isAlive)).to.deep.equal([]);
  });
});

async function pidOf(pids: readonly number[], argument: string): Promise<number> {
  for (const pid of pids) {
    if ((await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').includes(argument)) return pid;
  }
  throw new Error(`no process with ${argument}`);
}
