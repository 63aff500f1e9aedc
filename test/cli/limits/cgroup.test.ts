import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { type MemoryGroup, MemoryGroups } from '../../../cli/limits/cgroup.js';

const LIMIT_BYTES = 128e6;

describe('a memory group of the kernel', function () {
  this.timeout(20_000);
  let groups: MemoryGroups;
  let group: MemoryGroup;

  before(async function () {
    const found = await MemoryGroups.find();
    if (found === null) {
      console.warn('      skipped: this user may not make a memory cgroup (root may, or systemd-run --user --scope)');
      this.skip();
    }
    groups = found;
  });
  afterEach(() => group?.remove());

  /** A process in the group that fills so much memory. */
  async function fill(bytes: number) {
    const script = `const filled = Buffer.alloc(${bytes}, 1); console.log(filled.at(-1));`;
    const [program, ...args] = [...group.launcher, process.execPath, '-e', script];
    const child = spawn(program as string, args);
    let printed = '';
    child.stdout.on('data', (data) => {
      printed += data;
    });
    const [code, signal] = await once(child, 'close');
    return { code, signal, printed: printed.trim() };
  }

  it('leaves alone what keeps to its limit', async () => {
    group = await groups.make(LIMIT_BYTES);
    expect(await fill(LIMIT_BYTES / 8)).to.deep.equal({ code: 0, signal: null, printed: '1' });
    expect(await group.kills()).to.equal(0);
  });

  it('kills what takes more, and tells of it', async () => {
    group = await groups.make(LIMIT_BYTES);
    expect(await fill(2 * LIMIT_BYTES)).to.deep.equal({ code: null, signal: 'SIGKILL', printed: '' });
    expect(await group.kills()).to.be.greaterThan(0);
  });

  it('counts only, where it has no limit', async () => {
    group = await groups.make(null);
    const { signal } = await fill(2 * LIMIT_BYTES);
    expect(signal).to.equal(null);
    expect(await group.usageBytes()).to.be.at.least(0);
  });

  it('is gone once it has been removed', async () => {
    group = await groups.make(LIMIT_BYTES);
    await group.remove();
    const outcome = await group.usageBytes().catch(({ code }) => code);
    expect(outcome).to.equal('ENOENT');
    await group.remove();
  });
});
