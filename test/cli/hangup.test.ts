// Who goes on when a terminal closes: what nohup leads away from it, and what bash says that nohup has started.

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { originsOfProcess, outlivesTerminal } from '../../cli/hangup.js';

describe('a closed terminal', () => {
  const inShell = { hasTerminal: true, usesTerminal: true, launcher: '/usr/bin/node' };

  it('ends who uses it', () => {
    expect(outlivesTerminal(inShell)).to.equal(false);
    expect(outlivesTerminal({ ...inShell, launcher: undefined })).to.equal(false);
  });

  it('does not end who was started by nohup', () => {
    expect(outlivesTerminal({ ...inShell, usesTerminal: false })).to.equal(true);
    expect(outlivesTerminal({ hasTerminal: false, usesTerminal: false, launcher: '/usr/bin/nohup' })).to.equal(true);
  });

  it('is none of a service: who sends it the signal means it', () => {
    expect(outlivesTerminal({ hasTerminal: false, usesTerminal: false, launcher: undefined })).to.equal(false);
  });

  it('is known by what the kernel says of this process', () => {
    const { hasTerminal, usesTerminal } = originsOfProcess();
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const [, , , , terminal] = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // tty_nr of proc_pid_stat(5)
    expect(hasTerminal).to.equal(terminal !== '0');
    expect(usesTerminal).to.equal([process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY));
  });
});
