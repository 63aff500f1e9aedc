import { expect } from 'chai';
import { FrameSizes } from '../../simulation/frame-bytes.js';

describe('FrameSizes', () => {
  const sizes = new FrameSizes('digits');

  it('is the tensor and a header of some hundred bytes', () => {
    expect(sizes.of({ kind: 'activation', shape: [16, 784] })).to.be.within(4 * 16 * 784 + 200, 4 * 16 * 784 + 400);
    expect(sizes.of({ kind: 'done' })).to.be.within(200, 400);
  });

  it('is less where numbers are narrower', () => {
    const wide = sizes.of({ kind: 'gradient', shape: [64, 1024], dtype: 'f32' });
    expect(wide - sizes.of({ kind: 'gradient', shape: [64, 1024], dtype: 'bf16' })).to.be.closeTo(2 * 64 * 1024, 8);
    expect(wide - sizes.of({ kind: 'gradient', shape: [64, 1024], dtype: 'int8' })).to.be.closeTo(
      (3 - 4 / 64) * 64 * 1024,
      120,
    );
  });

  it('has a place of two bytes beside each value of a sparse tensor', () => {
    const form = { kind: 'gradient', shape: [1000], ofStar: true } as const;
    expect(sizes.of({ ...form, isSparse: true }) - sizes.of(form)).to.be.within(2000, 2080);
  });
});
