// Whoever keeps a program that hangs for good ends all the same, with the code that it would have had.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { keep } from '../../../cli/doctor/keeper.js';
import { start, temporaryFolder } from '../ringtmp.js';

const PROGRAM = join(import.meta.dirname, 'hangs.js');

describe('the keeper of doctor', function () {
  this.timeout(20_000);
  const folder = temporaryFolder();

  for (const how of ['hangs', 'ends']) {
    it(`tells the exit code of a child that ${how}, and leaves none behind`, async () => {
      const [fifo, pidFile] = [join(folder.path, 'fifo'), join(folder.path, 'pid')];
      execFileSync('mkfifo', [fifo]);
      expect(await keep({ path: PROGRAM, args: [fifo, pidFile, how] }, 500)).to.equal(7);
      while (isThere(readFileSync(pidFile, 'utf8'))) await new Promise(setImmediate);
    });
  }

  it('passes on that it is told to stop, and says so', async () => {
    const doctor = start(['doctor', '--no-config', '--broker', 'mqtt://127.0.0.1:1', '--engine', 'plain']);
    await doctor.line(/node/);
    doctor.process.kill('SIGTERM');
    expect((await doctor.outcome).code).to.equal(130);
  });
});

/** A process, and no zombie. */
function isThere(pid: string): boolean {
  return existsSync(`/proc/${pid}`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
