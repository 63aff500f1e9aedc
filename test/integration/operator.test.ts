// The operator's commands, each a process, on a fleet of processes.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { topicsOf } from '../../protocol/topics.js';
import { connectMqtt } from '../../transport/mqtt.js';
import { EXAMPLES, type Running, ringtmp, start, temporaryFolder } from '../cli/ringtmp.js';
import { tinyRun } from '../support/tiny-run.js';
import { openInbox } from '../transport/inbox.js';

const SHARED = true;

describe('the commands of an operator', function () {
  this.timeout(60_000);
  const folder = temporaryFolder(SHARED);
  let fleet: Running;
  let broker = '';
  before(async () => {
    await folder.write('iris.csv', await readFile(join(EXAMPLES, 'data/iris.csv'), 'utf8'));
    fleet = start(['up', '--boards', '2', '--port', '0', '--json'], folder.path);
    broker = JSON.parse(await fleet.line(/"type":"fleet"/)).broker;
  });
  after(async () => {
    fleet.process.kill('SIGINT');
    await fleet.outcome;
  });

  const command = (...args: string[]) => ringtmp([...args, '--broker', broker], folder.path);
  const json = async (...args: string[]) => JSON.parse((await command(...args, '--json')).stdout);

  function runFile(epochs: number): Promise<string> {
    const spec = tinyRun({ data: { source: 'csv', path: 'iris.csv', target: 'species' }, training: { epochs } });
    return folder.write('tiny.json', JSON.stringify(spec));
  }

  it('start a run, look on, pause, resume and stop it', async () => {
    const { run } = await json('train', '--detach', await runFile(100_000));
    const watching = start(['watch', '--broker', broker, '--json'], folder.path);
    await watching.line(/"state":"running"/);

    expect((await command('status')).stdout)
      .to.include('master online, 2 of 2 boards online')
      .and.to.include(run);
    expect((await command('pause')).stdout).to.equal(`${run} is paused\n`); // the one that is going on
    expect((await json('runs')).runs[0]).to.include({ run, state: 'paused' });
    const again = await command('pause', run);
    expect(again.stderr).to.include(`ringtmp: cannot pause run ${run}, which is paused`);
    expect(again.code).to.equal(1);
    const second = await command('train', await runFile(1));
    expect(second.stderr).to.include('a run is on');

    expect((await command('resume', run)).code).to.equal(0);
    expect((await command('stop')).stdout).to.equal(`${run} is stopping\n`);
    expect((await watching.outcome).code).to.equal(1); // not finished
    expect((await command('watch')).stderr).to.include('no run is going on');
    expect((await command('stop')).stderr).to.include('no run is going on');
    expect((await command('stop', 'no-such-run')).stderr).to.include('there is no run "no-such-run"');
  });

  it('train to the end, or stop at Ctrl-C', async () => {
    const finished = await command('train', await runFile(2));
    expect(finished.stdout).to.include('finished after 12 steps').and.to.include('held-out accuracy');
    expect(finished.code).to.equal(0);

    const long = start(['train', await runFile(100_000), '--broker', broker], folder.path);
    await long.line(/running.*step [1-9]/);
    long.process.kill('SIGINT');
    const { code, stdout } = await long.outcome;
    expect(stdout).to.include(' stopped after ');
    expect(code).to.equal(130);
  });

  it('reach one board', async () => {
    expect((await json('board', 'identify', 'board-1')).seconds).to.equal(5);
    expect((await json('board', 'benchmark', 'board-1')).gflops).to.be.greaterThan(0);
    const { stdout, code } = await command('board', 'diagnose', 'board-2');
    expect(stdout)
      .to.match(/^agent +board-2$/m)
      .and.to.match(/^memory\.rssBytes +\d+ MiB$/m);
    expect(code).to.equal(0);
  });

  it('call a run off that the master still prepares', async () => {
    const file = await runFile(100_000);
    const spec = { ...JSON.parse(await readFile(file, 'utf8')), boards: 3 }; // of which one is missing
    const waiting = start(['train', await folder.write('three.json', JSON.stringify(spec)), '--broker', broker]);
    const operator = await connectMqtt({ url: broker, clientId: 'tester' });
    const requests = await openInbox(operator, topicsOf('home').masterRequest('train'));
    await requests.texts(1);
    const since = performance.now();
    waiting.process.kill('SIGINT');
    expect((await waiting.outcome).code).to.equal(130);
    expect(performance.now() - since).to.be.lessThan(9_000); // the master waits 10 s
    await operator.close();
  });

  it('a board that is told to restart comes back', async () => {
    const operator = await connectMqtt({ url: broker, clientId: 'tester' });
    const topics = topicsOf('home');
    const statuses = await openInbox(operator, topics.agentStatus('board-1'));
    const boots = async () => JSON.parse((await statuses.texts(1))[0] as string);
    const first = await boots();
    expect((await json('board', 'restart', 'board-1')).restarting).to.equal(true);
    let latest = first;
    while (latest.state !== 'online' || latest.boot === first.boot) latest = await boots();
    expect((await command('status')).stdout).to.include('2 of 2 boards online');
    await operator.close();
  });
});
