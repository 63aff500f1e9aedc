import { expect } from 'chai';
import fc from 'fast-check';
import { secondsTo, smoothed } from '../../comparison/curves.js';

describe('curves', () => {
  const CURVE = [
    { seconds: 10, value: 0.8 },
    { seconds: 20, value: 0.9 },
    { seconds: 30, value: 0.85 },
    { seconds: 40, value: 0.95 },
  ];
  const CASES: readonly [number, number | null][] = [
    [0.7, 10],
    [0.8, 10],
    [0.85, 15],
    [0.9, 20],
    [0.92, 37],
    [0.96, null],
  ];
  for (const [target, seconds] of CASES) {
    it(`reaches ${target} ${seconds === null ? 'never' : `after ${seconds} s`}`, () => {
      const found = secondsTo(target, CURVE, 'up');
      if (seconds === null) expect(found).to.equal(null);
      else expect(found).to.be.closeTo(seconds, 1e-9);
    });
  }

  it('of an error go down to their target', () => {
    const errors = [
      { seconds: 1, value: 4 },
      { seconds: 3, value: 2 },
    ];
    expect(secondsTo(3, errors, 'down')).to.equal(2);
    expect(secondsTo(1, errors, 'down')).to.equal(null);
  });

  it('without points reach nothing', () => {
    expect(secondsTo(0, [], 'up')).to.equal(null);
  });

  it('keep their mean and their end when they are smoothed', () => {
    const losses = fc.array(fc.float({ min: 0, max: 10, noNaN: true }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(losses, fc.integer({ min: 1, max: 50 }), (values, most) => {
        const points = values.map((loss, step) => ({ step, loss }));
        const smooth = smoothed(points, most);
        expect(smooth.length).to.be.within(1, most);
        expect(smooth.at(-1)?.step).to.equal(values.length - 1);
        const [least, largest] = [Math.min(...values), Math.max(...values)];
        for (const { loss } of smooth) expect(loss).to.be.within(least - 1e-9, largest + 1e-9);
        if (values.length <= most) expect(smooth).to.deep.equal(points);
      }),
    );
    expect(smoothed([], 5)).to.deep.equal([]);
  });
});
