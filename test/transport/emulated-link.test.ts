// Links that are not there, on a clock that the test turns: who gets what when.

import { expect } from 'chai';
import fc from 'fast-check';
import { type EmulatedLink, fixedLink, profileLink, type Uplink } from '../../transport/emulated-link.js';
import { type TurnedClock, turnedClock } from './turned-clock.js';

/** A kilobyte takes 1 ms. */
const MBPS = 8;
const KB = 1000;
/** By the clock of one process; another's begins elsewhere. */
const OFFSETS = [5000, -700];

describe('an emulated link', () => {
  let clocks: TurnedClock[];
  let arrivals: [what: string, ms: number][];

  beforeEach(() => {
    clocks = OFFSETS.map((offset) => turnedClock(offset));
    arrivals = [];
    turnTo(0);
  });

  /** Both processes' clocks, each from its own beginning. */
  const turnTo = (ms: number) => {
    clocks[0]?.turnTo(ms);
    clocks[1]?.turnTo(ms + (OFFSETS[0] as number) - (OFFSETS[1] as number));
  };
  const figures = (linkMbps = MBPS, latencyMs = 0, dilation = 1) => ({ linkMbps, latencyMs, dilation });
  const sender = (changes = figures()): Uplink => profileLink(changes, clocks[0]).openUplink();
  const receiver = (changes = figures()): EmulatedLink => profileLink(changes, clocks[1]);

  /** As a publish queue and a data plane do. */
  function send(what: string, bytes: number, up: Uplink, down: EmulatedLink): void {
    const departure = up.departure();
    void up.take(bytes);
    down.receive(bytes, departure, () => arrivals.push([what, clocks[0]?.nowMs() as number]));
  }

  /** Every tenth of a millisecond, so that the two clocks stay together. */
  function watch(untilMs: number): [string, number][] {
    for (let tick = 0; tick <= untilMs * 10; tick++) turnTo(tick / 10);
    return arrivals.map(([what, ms]) => [what, Math.round(ms * 10) / 10]);
  }

  it('takes bytes x 8 / rate, and half of each latency', () => {
    const [up, down] = [sender(figures(MBPS, 2)), receiver(figures(MBPS, 4))];
    send('a', 2 * KB, up, down);
    expect(watch(10)).to.deep.equal([['a', 2 + 1 + 2]]);
  });

  it('lets frames queue at the uplink, whoever they are for, while latency holds up none', () => {
    const up = sender(figures(MBPS, 10));
    const [one, other] = [receiver(), receiver()];
    send('a', KB, up, one);
    send('b', 2 * KB, up, other);
    send('c', KB, up, one);
    expect(watch(20)).to.deep.equal([
      ['a', 6],
      ['b', 8],
      ['c', 9],
    ]);
  });

  it('lets frames that come from several boards at once queue at the downlink', () => {
    const down = receiver();
    for (const worker of ['w1', 'w2', 'w3', 'w4']) send(worker, KB, sender(), down);
    expect(watch(10)).to.deep.equal([
      ['w1', 1],
      ['w2', 2],
      ['w3', 3],
      ['w4', 4],
    ]);
  });

  it('goes by when frames come, not by when they are told', () => {
    const down = receiver();
    const late = sender();
    void late.take(3 * KB); // to somebody else
    send('late', KB, late, down);
    send('early', KB, sender(), down);
    expect(watch(10)).to.deep.equal([
      ['early', 1],
      ['late', 4],
    ]);
  });

  it('is as fast as the slower of its two ends, and a fast end has room for others meanwhile', () => {
    send('to slow', KB, sender(figures(10 * MBPS)), receiver());
    const fast = receiver(figures(10 * MBPS));
    send('from slow', KB, sender(), fast);
    send('from another', KB, sender(), fast);
    expect(watch(10)).to.deep.equal([
      ['to slow', 1],
      ['from slow', 1],
      ['from another', 1],
    ]);
  });

  it('stretches everything by the dilation', () => {
    send('a', KB, sender(figures(MBPS, 2, 3)), receiver(figures(MBPS, 2, 3)));
    expect(watch(20)).to.deep.equal([['a', 3 * (1 + 2)]]);
  });

  it('hands a frame over a little before it begins to leave', async () => {
    const up = sender();
    await up.take(10 * KB);
    const handedOver: number[] = [];
    const second = up.take(KB).then(() => handedOver.push(clocks[0]?.nowMs() as number));
    turnTo(20);
    await second;
    expect(handedOver[0]).to.equal(20); // a promise is told after the clock has turned
    expect(up.startMs()).to.equal(20);
  });

  it('takes a frame that says nothing, from a board that is no emulated one, as one that has just come', () => {
    const down = receiver(figures(MBPS, 2));
    turnTo(5);
    down.receive(KB, {}, () => arrivals.push(['a', clocks[0]?.nowMs() as number]));
    expect(watch(10)).to.deep.equal([['a', 6]]);
  });

  it('keeps the order of each sender and never exceeds its rate', () => {
    const frames = fc.array(fc.record({ bytes: fc.integer({ min: 1, max: 4000 }), worker: fc.nat({ max: 2 }) }), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(frames, (sent) => {
        clocks = OFFSETS.map((offset) => turnedClock(offset));
        arrivals = [];
        turnTo(0);
        const ups = [sender(figures(16)), sender(figures(8)), sender(figures(4))];
        const down = receiver();
        for (const [index, { bytes, worker }] of sent.entries()) send(`${worker}/${index}`, bytes, ups[worker]!, down);
        const got = watch(sent.length * 10);
        expect(got).to.have.length(sent.length);
        for (const worker of ['0', '1', '2']) {
          const own = got.map(([what]) => what.split('/')).filter(([who]) => who === worker);
          expect(own.map(([, index]) => Number(index))).to.deep.equal(
            own.map(([, index]) => Number(index)).sort((a, b) => a - b),
          );
        }
        const bytes = sent.reduce((sum, frame) => sum + frame.bytes, 0);
        expect(Math.max(...got.map(([, ms]) => ms))).to.be.at.least((bytes * 8) / (MBPS * 1000) - 0.1);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it('is behind by what frames are handed on late, and hands them on as at their time', () => {
    const down = receiver();
    const up = sender();
    const times: number[] = [];
    const departure = up.departure();
    void up.take(KB);
    turnTo(4);
    down.receive(KB, departure, () => times.push(down.time.hostMs - (OFFSETS[0] as number)));
    expect(times).to.deep.equal([1]);
    expect(down.time.lagMs).to.be.closeTo(3, 1e-9);
  });

  it('lets what follows from a frame leave when that came, however late it is here', () => {
    const down = receiver();
    const begins: number[] = [];
    down.receive(KB, { begin: OFFSETS[0] as number, mbps: MBPS }, () => {
      begins.push((down.openUplink().departure().begin as number) - (OFFSETS[0] as number));
    });
    turnTo(7);
    expect(begins).to.deep.equal([1]);
    expect((down.openUplink().departure().begin as number) - (OFFSETS[0] as number)).to.equal(7);
  });

  it('delivers nothing once it is closed', () => {
    const down = receiver();
    send('a', KB, sender(), down);
    down.close();
    expect(watch(5)).to.deep.equal([]);
  });

  describe('with a fixed time', () => {
    it('takes it for each frame of an outlet, whatever its size and whatever other outlets do', () => {
      const link = fixedLink(3, clocks[0]);
      const [one, other] = [link.openUplink(), link.openUplink()];
      const down = fixedLink(3, clocks[1]);
      send('a', 1, one, down);
      send('b', KB, one, down);
      send('c', KB, other, down);
      expect(watch(10)).to.deep.equal([
        ['a', 3],
        ['c', 3],
        ['b', 6],
      ]);
    });
  });
});
