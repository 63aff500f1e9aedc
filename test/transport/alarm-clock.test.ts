// The real clock: only what holds on a busy computer too.

import { expect } from 'chai';
import { SYSTEM_CLOCK } from '../../transport/alarm-clock.js';

describe('the alarm clock', () => {
  it('tells the time of the computer, which all its processes share', () => {
    const nowMs = SYSTEM_CLOCK.nowMs();
    const monotonicMs = Number(process.hrtime.bigint()) / 1e6;
    expect(SYSTEM_CLOCK.toHostMs(nowMs)).to.be.closeTo(monotonicMs, 50);
    expect(SYSTEM_CLOCK.fromHostMs(SYSTEM_CLOCK.toHostMs(nowMs))).to.be.closeTo(nowMs, 1e-3);
  });

  it('rings when it is time, and not when it was cancelled', async () => {
    const startMs = SYSTEM_CLOCK.nowMs();
    const cancel = SYSTEM_CLOCK.at(startMs + 1, () => expect.fail('it rang'));
    cancel();
    await new Promise<void>((resolve) => SYSTEM_CLOCK.at(startMs + 3, resolve));
    expect(SYSTEM_CLOCK.nowMs() - startMs).to.be.above(1);
  });
});
