// What systemd is told, on a clock of the test's own; and once for real, at a socket like systemd's.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mock } from 'node:test';
import { expect } from 'chai';
import { createServiceNotify, type NotifyOptions, serviceNotify } from '../../cli/service-notify.js';
import { commandOf } from '../support/commands.js';
import { need } from '../support/requirements.js';
import { start, temporaryFolder } from './ringtmp.js';

const WATCHDOG_MS = 30_000;
const TICK_MS = 1_000;

describe('what systemd is told', () => {
  let told: string[][];
  let nowMs: number;

  beforeEach(() => {
    told = [];
    nowMs = 0;
    mock.timers.enable({ apis: ['setInterval'] });
  });
  afterEach(() => mock.timers.reset());

  function notify(options: Partial<NotifyOptions> = {}) {
    const tell = async (fields: readonly string[]) => void told.push([...fields]);
    return createServiceNotify({ tell, watchdogMs: WATCHDOG_MS, now: () => nowMs, ...options });
  }

  /** One tick of the loop, which comes late when something holds it up. */
  async function turn(lateMs = 0): Promise<void> {
    nowMs += TICK_MS + lateMs;
    mock.timers.tick(TICK_MS);
    await new Promise(setImmediate);
  }

  /** In which seconds it showed a sign of life. */
  async function signsIn(seconds: number): Promise<number[]> {
    const at: number[] = [];
    for (let second = 1; second <= seconds; second++) {
      const before = told.length;
      await turn();
      if (told.slice(before).some((fields) => fields.includes('WATCHDOG=1'))) at.push(second);
    }
    return at;
  }

  it('is that it serves, then signs of life three times in each of its watchdog intervals', async () => {
    await notify().ready(() => 'no run');
    expect(told).to.deep.equal([['READY=1', 'STATUS=no run']]);
    expect(await signsIn(30)).to.deep.equal([10, 20, 30]);
  });

  it('is no sign of life while the loop is held up, and one again when it turns', async () => {
    await notify().ready(() => 'no run');
    for (let times = 0; times < 4; times++) await turn(11_000);
    expect(told).to.have.length(1);
    await turn();
    expect(told.at(-1)).to.deep.equal(['WATCHDOG=1']);
  });

  it('is the status when it changes, and no sign of life without a watchdog', async () => {
    let status = 'no run';
    await notify({ watchdogMs: null }).ready(() => status);
    expect(await signsIn(60)).to.deep.equal([]);
    status = 'run digits';
    await turn();
    await turn();
    expect(told.slice(1)).to.deep.equal([['STATUS=run digits']]);
  });

  it('is said again until it has arrived', async () => {
    let isDeaf = true;
    const tell = async (fields: readonly string[]) => {
      told.push([...fields]);
      if (isDeaf) throw new Error('systemd is busy');
    };
    await notify({ tell, watchdogMs: null }).ready(() => 'no run');
    await turn();
    isDeaf = false;
    await turn();
    await turn();
    expect(told).to.deep.equal(Array(3).fill(['READY=1', 'STATUS=no run']));
  });

  it('is that it stops, and nothing after that', async () => {
    const systemd = notify();
    await systemd.ready(() => 'no run');
    await systemd.stopping();
    expect(told.at(-1)).to.deep.equal(['STOPPING=1', 'STATUS=stopping']);
    await turn();
    expect(told).to.have.length(2);
  });

  it('comes in order, though telling takes time; that it cannot be told is said once', async () => {
    const faults: string[] = [];
    const tell = async (fields: readonly string[]) => {
      if (told.length === 0) await new Promise(setImmediate);
      told.push([...fields]);
      throw new Error('no systemd-notify');
    };
    const systemd = notify({ tell, onFault: ({ message }) => faults.push(message) });
    const ready = systemd.ready(() => 'no run');
    await Promise.all([ready, systemd.stopping()]);
    expect(told.map(([first]) => first)).to.deep.equal(['READY=1', 'STOPPING=1']);
    expect(faults).to.deep.equal(['no systemd-notify']);
  });

  it('is nothing where systemd is not listening', async () => {
    const systemd = serviceNotify({});
    await systemd.ready(() => {
      throw new Error('asked for its status');
    });
    await systemd.stopping();
  });
});

describe('a service under systemd', function () {
  this.timeout(20_000);
  const folder = temporaryFolder();
  let listener: ChildProcess;

  before(function () {
    need(this, commandOf('systemd-notify', 'systemd'));
  });
  afterEach(() => listener.kill());

  it('says that it serves, that it lives, and that it stops', async () => {
    const socket = join(folder.path, 'notify');
    const messages = listen(socket);
    expect((await messages.next()).value).to.equal('listening');
    const env = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '3000000' };
    const broker = start(['broker', '--port', '0', '--log-level', 'silent'], folder.path, env);
    expect(await until(messages, 'WATCHDOG=1')).to.deep.equal(['READY=1', 'STATUS=no run']);
    broker.process.kill('SIGTERM');
    await until(messages, 'STOPPING=1');
    expect(await broker.outcome).to.deep.equal({ code: 0, stdout: '', stderr: '' });
  });

  async function until(messages: AsyncIterator<string>, last: string): Promise<string[]> {
    const before: string[] = [];
    for (;;) {
      const { value } = await messages.next();
      if (value === last) return before;
      if (!String(value).startsWith('BARRIER')) before.push(value);
    }
  }

  /** Perl, which every Debian has, has the sockets that Node has not. */
  function listen(path: string): AsyncIterator<string> {
    const program = `use Socket; $| = 1; socket(S, PF_UNIX, SOCK_DGRAM, 0) or die; bind(S, sockaddr_un($ARGV[0])) or die;
      print "listening\\n"; while (defined recv(S, $m, 4096, 0)) { print "$_\\n" for split /\\n/, $m }`;
    listener = spawn('perl', ['-e', program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    void once(listener, 'exit');
    return createInterface({ input: listener.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }
});
