// The verdict on the fifth aim, of made-up limits.

import { expect } from 'chai';
import type { Limits } from '../../comparison/limits.js';
import { LIMIT_CONDITIONS } from './sample-limits.js';
import { judge } from './sample-verdicts.js';

const LARGEST = 5;

describe('verdicts of the largest model', () => {
  const limits = (ring: number, star: number): Limits => ({
    profile: 'pi-zero-2',
    results: [2, 4].flatMap((boards) => [
      { contestant: 'ring', mode: 'ring' as const, boards, parameters: ring * boards },
      { contestant: 'star', mode: 'star' as const, boards, parameters: star },
    ]),
  });
  it('follow from limits.json', () => {
    const held = judge([], limits(1e6, 1e6)).find((each) => each.aim === LARGEST);
    expect(held?.verdict).to.equal('holds');
    expect(held?.sentence).to.include('at 4 boards 4,000,000 parameters in a ring, 1,000,000 in a star');
    expect(held?.sentence).to.include('pi-zero-2');
    expect(judge([], limits(1e5, 1e6)).find((each) => each.aim === LARGEST)?.verdict).to.equal('does not hold');
  });

  it('hold only where the ring holds a tenth more', () => {
    const verdict = (ring: number) => judge([], limits(ring, 1e6)).find((each) => each.aim === LARGEST)?.verdict;
    expect(verdict(0.54e6)).to.equal('does not hold'); // 1.08 times as large on two boards
    expect(verdict(0.56e6)).to.equal('holds');
  });

  it('are none where nothing trained', () => {
    const found = judge([], limits(0, 0)).find((each) => each.aim === LARGEST);
    expect(found?.verdict).to.equal('not measured');
    expect(judge([], limits(0, 1e6)).find((each) => each.aim === LARGEST)?.verdict).to.equal('does not hold');
  });

  it('say how the boards were held to their memory', () => {
    const sentence = (kind: 'cgroup' | 'engine') => {
      const conditions = { ...limits(1e6, 1e6), conditions: { ...LIMIT_CONDITIONS, kind } };
      return judge([], conditions).find((each) => each.aim === LARGEST)?.sentence;
    };
    expect(sentence('cgroup')).to.include('(160 MB a board, as of pi-zero-2, held by the kernel)');
    expect(sentence('engine')).to.include('held by its own agent, without buffers');
  });
});
