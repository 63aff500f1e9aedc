// The window of messages in flight: never more than allowed, first come first served, none forgotten.

import { expect } from 'chai';
import fc from 'fast-check';
import { createWindow } from '../../transport/window.js';
import { rejectionOf } from './inbox.js';

describe('window', () => {
  it('never admits more than its limits, and admits in order', async () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 5 }), async (requests, messages) => {
        const window = createWindow({ messages, bytes: 50 });
        const admitted: number[] = [];
        let inFlight = 0;
        let bytes = 0;
        const senders = requests.map(async (size, index) => {
          await window.acquire(size);
          admitted.push(index);
          inFlight++;
          bytes += size;
          expect(inFlight).to.be.at.most(messages);
          expect(bytes).to.be.at.most(50);
          await Promise.resolve();
          inFlight--;
          bytes -= size;
          window.release(size);
        });
        await Promise.all(senders);
        await window.idle();
        expect(admitted).to.deep.equal(requests.map((_, index) => index));
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it('admits at once while there is room, without a promise', () => {
    const window = createWindow({ messages: 2, bytes: 100 });
    expect(window.acquire(10)).to.equal(undefined);
    expect(window.acquire(10)).to.equal(undefined);
    expect(window.acquire(10)).to.be.instanceOf(Promise);
  });

  it('admits a message above its limit when nothing else is in flight', () => {
    const window = createWindow({ messages: 2, bytes: 100 });
    expect(window.acquire(1000)).to.equal(undefined);
    expect(window.acquire(0)).to.be.instanceOf(Promise);
  });

  it('turns away who waits', async () => {
    const window = createWindow({ messages: 1, bytes: 100 });
    window.acquire(1);
    const waiting = window.acquire(1)!;
    window.reject(new Error('closed'));
    expect((await rejectionOf(waiting)).message).to.equal('closed');
    window.release(1);
    await window.idle();
  });
});
