import { expect } from 'chai';
import type { MemoryGroup, MemoryGroups } from '../../../cli/limits/cgroup.js';
import { memoryLimit } from '../../../cli/limits/memory-limit.js';
import { memorySize } from '../../../cli/limits/memory-size.js';
import { ConfigurationError } from '../../../errors.js';

const MIB = 2 ** 20;

/** Groups that are not the kernel's. */
function fakeGroups(kills: readonly number[]) {
  const made: (number | null)[] = [];
  let removed = 0;
  const make = async (limitBytes: number | null): Promise<MemoryGroup> => {
    const index = made.filter((limit) => limit !== null).length;
    made.push(limitBytes);
    return {
      launcher: ['in', String(index)],
      usageBytes: async () => 0,
      kills: async () => kills[index] ?? 0,
      remove: async () => void removed++,
    };
  };
  return { groups: { name: 'cgroup v2', make } as unknown as MemoryGroups, made, removed: () => removed };
}

describe("the limit of a board's memory", () => {
  const probe = async () => 50 * MIB;

  it('is a group for each board, with the kills of each', async () => {
    const { groups, made, removed } = fakeGroups([0, 2, 0]);
    const limit = await memoryLimit({ memoryBytes: 160 * MIB, probe, groups });
    expect(limit).to.include({ kind: 'cgroup', idleBytes: 50 * MIB });
    const held = await limit!.hold(3);
    expect(held.launchers).to.deep.equal([
      ['in', '0'],
      ['in', '1'],
      ['in', '2'],
    ]);
    expect(held.agentArguments).to.deep.equal(['--memory', '160']);
    expect(await held.killed()).to.deep.equal([2]);
    await held.close();
    expect(made).to.deep.equal([null, 160 * MIB, 160 * MIB, 160 * MIB]);
    expect(removed()).to.equal(4);
  });

  it('is what a stage may take besides an idle agent, where no groups are permitted', async () => {
    const limit = await memoryLimit({ memoryBytes: 160.5 * MIB, probe, groups: null });
    expect(limit?.kind).to.equal('engine');
    const { launchers, agentArguments } = await limit!.hold(2);
    expect(launchers).to.deep.equal([[], []]);
    expect(agentArguments).to.deep.equal(['--memory', '110']);
  });

  it('is refused where an idle agent takes as much', async () => {
    const refused = await memoryLimit({ memoryBytes: 40 * MIB, probe, groups: null }).catch((error) => error);
    expect(refused).to.be.instanceOf(ConfigurationError);
    expect(refused.message).to.equal('41.9 MB a board is too little: an idle agent takes 52.4 MB');
    expect(refused.remedy).to.include('--memory 80MB');
  });

  it('is none when the user interrupts', async () => {
    expect(await memoryLimit({ memoryBytes: 160 * MIB, probe: async () => null, groups: null })).to.equal(null);
  });
});

describe('an amount of memory', () => {
  it('has a unit, decimal or binary', () => {
    expect(['160MB', '1.5 GB', '512MiB', '1gib'].map(memorySize)).to.deep.equal([160e6, 1.5e9, 512 * MIB, 1024 * MIB]);
  });

  it('is refused without one', () => {
    for (const text of ['160', 'MB', '0MB', '-1MB', '5 apples', '']) expect(() => memorySize(text)).to.throw('160MB');
  });
});
