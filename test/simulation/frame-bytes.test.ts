import { expect } from 'chai';
import { FrameSizes } from '../../simulation/frame-bytes.js';

describe('FrameSizes', () => {
  const sizes = new FrameSizes('digits');

  it('is the tensor and a header of some hundred bytes', () => {
    expect(sizes.of('activation', [16, 784])).to.be.within(4 * 16 * 784 + 200, 4 * 16 * 784 + 400);
    expect(sizes.of('done', null)).to.be.within(200, 400);
  });

  it('is less where numbers are narrower', () => {
    const wide = sizes.of('gradient', [64, 1024], 'f32');
    expect(wide - sizes.of('gradient', [64, 1024], 'bf16')).to.be.closeTo(2 * 64 * 1024, 8);
    expect(wide - sizes.of('gradient', [64, 1024], 'int8')).to.be.closeTo((3 - 4 / 64) * 64 * 1024, 120);
  });
});
