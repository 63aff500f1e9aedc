// `ringtmp compare`, the real command: fleets of processes, one after the other, and the report on them.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { childrenOf, EXAMPLES, isAlive, ringtmp, start, temporaryFolder } from '../cli/ringtmp.js';

const IRIS = join(EXAMPLES, 'iris.yaml');
const QUICK = ['compare', IRIS, '--quick', '--variants', 'ring,ring-async', '--output', 'out'];

describe('ringtmp compare', function () {
  this.timeout(180_000);
  const folder = temporaryFolder();

  function messagesOf(stdout: string): Record<string, unknown>[] {
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  it('runs each contestant on each number of boards, and reports', async () => {
    const { code, stdout, stderr } = await ringtmp([...QUICK, '--boards', '1,2', '--json'], folder.path);
    expect(code, stderr).to.equal(0);
    const messages = messagesOf(stdout);
    expect(messages[0]).to.deep.include({ runs: ['ring-1-1', 'ring-async-1-1', 'ring-async-2-1', 'ring-2-1'] });
    expect(messages.filter(({ type }) => type === 'run').map(({ outcome }) => outcome)).to.deep.equal(
      Array(4).fill('finished'),
    );
    expect(messages.at(-1)).to.include({ type: 'report' }).and.to.have.property('verdicts').with.length(7);
    expect(stderr.match(/finished in/g)).to.have.length(4);
    await expectReport(join(folder.path, 'out'));
  });

  async function expectReport(output: string): Promise<void> {
    const page = await readFile(join(output, 'report.html'), 'utf8');
    expect(page).to.include('class="verdicts"').and.to.include('ringtmp compare');
    expect(page).to.include('No ring and star took part together').and.not.to.include('id="recovery"');
    expect(page).not.to.match(/(src|href)\s*=\s*["']?https?:/i);
    expect(await readFile(join(output, 'report.md'), 'utf8')).to.include('charts/idleShare.svg');
    expect((await readFile(join(output, 'results.csv'), 'utf8')).trim().split('\r\n')).to.have.length(5);
    const result = JSON.parse(await readFile(join(output, 'runs/ring-2-1.json'), 'utf8'));
    expect(result.figures.positions).to.have.length(3);
    expect(result.figures.evaluations).to.have.length(1);
    for (const { bytesOut } of result.figures.positions) expect(bytesOut).to.be.greaterThan(0);
    expect(await readdir(join(output, 'runs'))).to.include.members(['ring-2-1.metrics.csv', 'ring-2-1.journal.ndjson']);
  }

  it('holds boards to a profile, and sets the forecast beside what came of it', async () => {
    const options = ['--variants', 'star', '--boards', '2', '--profile', 'pi-4', '--dilation', '2'];
    const { code, stderr } = await ringtmp(
      ['compare', IRIS, '--quick', ...options, '--output', 'emulated'],
      folder.path,
    );
    expect(code, stderr).to.equal(0);
    const { figures, forecast } = JSON.parse(await readFile(join(folder.path, 'emulated/runs/star-2-1.json'), 'utf8'));
    expect(figures.emulated)
      .to.include({ dilation: 2 })
      .and.to.deep.include({ profiles: ['pi-4'] });
    expect(figures.energy.source).to.equal('modelled');
    expect(figures.stepMs).to.be.above(0);
    expect(forecast.stepMs).to.be.above(0);
    const page = await readFile(join(folder.path, 'emulated/report.html'), 'utf8');
    expect(page).to.include('Forecast and measurement').and.to.include('energy modelled');
  });

  it('interrupted goes on, leaves no process, and refuses other runs', async () => {
    const first = start([...QUICK, '--boards', '1'], folder.path);
    await first.line(/ring-1-1 finished/);
    let pids: number[] = [];
    while (pids.length === 0) pids = await childrenOf(first.process.pid as number);
    first.process.kill('SIGINT');
    const { code, stdout } = await first.outcome;
    expect(code).to.equal(130);
    expect(stdout).to.include('The same command goes on');
    expect(pids.filter(isAlive)).to.deep.equal([]);

    const other = await ringtmp([...QUICK, '--boards', '1', '--links', 'hub'], folder.path);
    expect(other.code).to.equal(1);
    expect(other.stderr).to.include('spec.links was "direct", and is "hub" now').and.to.include('--fresh');

    const second = await ringtmp([...QUICK, '--boards', '1', '--json'], folder.path);
    const runs = messagesOf(second.stdout).filter(({ type }) => type === 'run');
    expect(runs.map(({ kept }) => kept)).to.deep.equal([true, false]);
    expect(second.code).to.equal(0);
  });

  it('says at once what is wrong', async () => {
    const faults: readonly [string[], RegExp][] = [
      [['compare', IRIS, '--variants', 'rnig'], /no variant "rnig"\n {2}Known are ring, ring-async, star/],
      [['compare', IRIS, '--boards', '1,x'], /must be a whole number from 1/],
      [['compare', 'nowhere.yaml'], /there is no run file nowhere\.yaml/],
      [['compare', IRIS, '--target', 'high'], /must be a number above 0/],
      [['compare', IRIS, '--faults', '-1'], /must be a whole number from 0/],
      [['compare', IRIS, '--faults', 'many'], /must be a whole number from 0/],
    ];
    for (const [args, message] of faults) {
      const { code, stderr } = await ringtmp(args, folder.path);
      expect(stderr).to.match(message);
      expect(code).to.be.greaterThan(0);
    }
  });
});
