import { expect } from 'chai';
import fc from 'fast-check';
import { FAULTS, faultAt, kindsOf, MEMBERS } from '../../../cli/chaos/fault-plan.js';

const RING = kindsOf('ring', FAULTS, MEMBERS);
const seeds = fc.integer({ min: 0, max: 0xffffffff });

describe('the plan of faults', () => {
  it('knows what can befall whom', () => {
    const names = (kinds: typeof RING) => kinds.map(({ fault, member }) => `${fault} ${member}`);
    const links = ['cut agent', 'cut master'];
    const processes = ['kill agent', 'kill master', 'kill broker', 'lose agent', 'freeze agent', ...links];
    expect(names(RING)).to.deep.equal([...processes, 'corrupt agent', 'full agent']);
    expect(names(kindsOf('star', FAULTS, MEMBERS))).to.deep.equal([...processes, 'corrupt master']);
    expect(names(kindsOf('ring', ['kill', 'cut'], ['broker']))).to.deep.equal(['kill broker']);
  });

  it('is a function of the seed', () => {
    fc.assert(
      fc.property(seeds, fc.nat(1000), (seed, index) => {
        expect(faultAt(seed, index, RING, 4)).to.deep.equal(faultAt(seed, index, RING, 4));
      }),
    );
    const sequence = (seed: number) => RING.map((_, index) => faultAt(seed, index, RING, 4).fault).join();
    expect(sequence(1)).not.to.equal(sequence(2));
  });

  it('lets each kind have its turn before one comes again', () => {
    fc.assert(
      fc.property(seeds, fc.nat(20), (seed, round) => {
        const turns = RING.map((_, index) => faultAt(seed, round * RING.length + index, RING, 4));
        const names = turns.map(({ fault, member }) => `${fault} ${member}`);
        expect(new Set(names).size).to.equal(RING.length);
      }),
    );
  });

  it('names a process that is there, for as long as the kind lasts', () => {
    fc.assert(
      fc.property(seeds, fc.nat(1000), fc.integer({ min: 1, max: 64 }), (seed, index, boards) => {
        const { member, fault, name, lastsMs, where } = faultAt(seed, index, RING, boards);
        if (member === 'agent') expect(Number(/^board-(\d+)$/.exec(name)?.[1])).to.be.within(1, boards);
        else expect(name).to.equal(member);
        const isOverAtOnce = fault === 'kill' || fault === 'corrupt';
        expect(lastsMs).to.be.within(isOverAtOnce ? 0 : 1_000, isOverAtOnce ? 0 : 9_000);
        expect(where).to.be.within(0, 1 - 2 ** -24);
      }),
    );
  });
});
