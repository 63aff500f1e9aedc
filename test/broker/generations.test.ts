// Who may write in a run after its plan has changed: frames of boards that lost their place go nowhere.

import { expect } from 'chai';
import { bench, inbox, publish, runStatus, subscribe, topics } from './support.js';

describe('generations', () => {
  const { broker, client, startRun } = bench();

  let now: number;
  beforeEach(() => {
    now = 0;
  });

  it('a frame of an old generation goes nowhere, and its sender stays connected', async () => {
    const to = await broker({ now: () => now, graceMs: 1000 });
    const master = await startRun(to, ['a', 'b']);
    const box = inbox(master);
    await subscribe(master, topics.data('r', 0, 'forward'));
    const b = await client(to, 'b');
    await publish(b, topics.data('r', 0, 'forward'), 'first');
    await publish(master, topics.runStatus('r'), runStatus(['a', 'c'], 2), true);
    await publish(b, topics.data('r', 0, 'forward'), 'in grace');
    now = 1000;
    expect(await publish(b, topics.data('r', 0, 'forward'), 'stale')).to.equal('acknowledged');
    const c = await client(to, 'c');
    await publish(c, topics.data('r', 0, 'forward'), 'second');
    await box.until(3);
    expect(box.payloads).to.deep.equal(['first', 'in grace', 'second']);
    expect(to.counts).to.deep.equal({ dropped: 1, refused: 0, missed: 0 });
    expect(await publish(b, topics.agentStatus('b'))).to.equal('acknowledged');
  });

  it('a board that is replanned away hears no more of the run', async () => {
    const to = await broker({ now: () => now, graceMs: 1000 });
    const master = await startRun(to, ['a', 'b']);
    const a = await client(to, 'a');
    const box = inbox(a);
    await subscribe(a, topics.data('r', 1, 'forward'));
    await subscribe(a, topics.masterStatus());
    await publish(master, topics.data('r', 1, 'forward'), 'mine');
    await publish(master, topics.runStatus('r'), runStatus(['c', 'b'], 2), true);
    now = 1000;
    await publish(master, topics.data('r', 1, 'forward'), 'not mine');
    await publish(master, topics.masterStatus(), 'end');
    await box.until(2);
    expect(box.payloads).to.deep.equal(['mine', 'end']);
  });

  it('after the run nobody but the master writes', async () => {
    const to = await broker({ now: () => now, graceMs: 1000 });
    const master = await startRun(to, ['a']);
    const a = await client(to, 'a');
    await publish(master, topics.runStatus('r'), runStatus(['a'], 1, 'finished'), true);
    now = 1000;
    expect(await publish(a, topics.data('r', 0, 'backward'))).to.equal('acknowledged');
    expect(await publish(a, topics.runEvents('r'))).to.equal('acknowledged');
    expect(to.counts.dropped).to.equal(2);
  });

  it('a board that is back before the plan may subscribe, and hears what the plan then gives it', async () => {
    const to = await broker();
    const [a, b] = [await client(to, 'a'), await client(to, 'b')];
    const [boxA, boxB] = [inbox(a), inbox(b)];
    expect(await subscribe(a, topics.data('r', 1, 'forward'))).to.equal(1);
    expect(await subscribe(b, topics.data('r', 1, 'forward'))).to.equal(1);
    await subscribe(b, topics.masterStatus());
    const master = await startRun(to, ['a', 'b']);
    await publish(master, topics.data('r', 1, 'forward'), 'frame');
    await publish(master, topics.masterStatus(), 'end');
    await Promise.all([boxA.until(1), boxB.until(1)]);
    expect(boxA.payloads).to.deep.equal(['frame']);
    expect(boxB.payloads).to.deep.equal(['end']);
  });

  it("only the master's word counts", async () => {
    const to = await broker();
    const a = await client(to, 'a');
    expect(await publish(a, topics.runStatus('r'), runStatus(['a']))).to.equal('ended');
    const again = await client(to, 'a');
    await publish(again, topics.data('r', 0, 'backward'));
    expect(to.counts.dropped).to.equal(1);
  });
});
