// Equal boards get equal figures, whatever the moment of their benchmark; others keep their own.

import { expect } from 'chai';
import { evenGflops } from '../../master/same-kind.js';

const pi = (gflops: number) => ({ kind: 'Raspberry Pi 4, 4 cores', gflops });

describe('evenGflops', () => {
  it('takes the median of a kind, and leaves other kinds alone', () => {
    expect(evenGflops([pi(6), { kind: 'Raspberry Pi Zero 2, 4 cores', gflops: 2 }, pi(8)])).to.deep.equal([7, 2, 7]);
    expect(evenGflops([pi(6), pi(7), pi(9)])).to.deep.equal([7, 7, 7]);
    expect(evenGflops([])).to.deep.equal([]);
  });

  it('believes a board that is far slower, or far faster, than its kind', () => {
    expect(evenGflops([pi(6), pi(6), pi(2), pi(20)])).to.deep.equal([6, 6, 2, 20]);
  });
});
