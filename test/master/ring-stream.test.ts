// The stream's backpressure: what is in flight never exceeds the window, and a pause begins with a step.

import { expect } from 'chai';
import fc from 'fast-check';
import { Batches } from '../../data/batches.js';
import { itinerary } from '../../master/itinerary.js';
import { RingStream } from '../../master/ring-stream.js';
import type { RingPosition } from '../../node/ring.js';
import { fakeSource } from '../support/fake-source.js';
import { smallRun, specOf } from '../support/specs.js';

/** A ring that keeps what it is given, in order. */
function recorder(streamWindow: number) {
  const log: string[] = [];
  const ring = {
    streamWindow,
    deliver: ({ kind, step, micro }: { kind: string; step: number; micro: number }) =>
      log.push(`${kind} ${step}/${micro}`),
    send: ({ kind, step, micro }: { kind: string; step: number; micro?: number }) =>
      log.push(`${kind} ${step}${micro === undefined ? '' : `/${micro}`}`),
  } as unknown as RingPosition;
  const sent = () => log.filter((line) => !line.startsWith('targets'));
  return { ring, log, sent };
}

function openStream(window: number, isStopped = () => false) {
  const batches = new Batches(fakeSource({ test: 3 }), specOf(smallRun({ batch: 6, microBatches: 3, epochs: 1 })));
  const recorded = recorder(window);
  const stream = new RingStream(recorded.ring, itinerary(batches, { microBatches: 3, isStopped }), batches);
  return { stream, ...recorded };
}

describe('ring stream', () => {
  it('sends all of the itinerary and never more than the window at once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), (window) => {
        const { stream, sent } = openStream(window);
        stream.pump();
        let returned = 0;
        while (!stream.isIdle) {
          const inFlight = sent().filter((line) => !line.startsWith('collect')).length - returned;
          expect(inFlight).to.be.at.most(window);
          returned++;
          stream.returned();
        }
        expect(sent()).to.deep.equal([
          ...['activation 0/0', 'activation 0/1', 'activation 0/2'],
          ...['activation 1/0', 'activation 1/1', 'activation 1/2'],
          ...['eval 2/0', 'eval 2/1', 'collect 2'],
        ]);
      }),
    );
  });

  it('gives the own node the targets before each activation', () => {
    const { stream, log } = openStream(2);
    stream.pump();
    expect(log).to.deep.equal(['targets 0/0', 'activation 0/0', 'targets 0/1', 'activation 0/1']);
  });

  it('pauses where the next step would begin, and goes on from there', () => {
    const { stream, sent } = openStream(2);
    stream.pump();
    stream.pause();
    for (let count = 0; count < 3; count++) stream.returned();
    expect(sent()).to.deep.equal(['activation 0/0', 'activation 0/1', 'activation 0/2']);
    expect(stream.isIdle).to.equal(true);
    stream.resume();
    expect(sent().slice(3)).to.deep.equal(['activation 1/0', 'activation 1/1']);
  });

  it('begins no further step when it is stopped while it is paused', () => {
    let stopped = false;
    const { stream, sent } = openStream(2, () => stopped);
    stream.pump();
    stream.pause();
    for (let count = 0; count < 3; count++) stream.returned();
    stopped = true;
    stream.resume();
    expect(sent()).to.deep.equal(['activation 0/0', 'activation 0/1', 'activation 0/2', 'collect 1']);
  });

  it('begins no further step when it is stopped while the window is full', () => {
    let stopped = false;
    const { stream, sent } = openStream(3, () => stopped);
    stream.pump();
    stopped = true;
    stream.returned();
    expect(sent().slice(3)).to.deep.equal(['collect 1']);
  });

  it('lets an evaluation pass while it is paused', () => {
    const { stream, sent } = openStream(1);
    stream.pump();
    for (let count = 0; count < 3; count++) stream.returned();
    stream.pause();
    for (let count = 0; count < 5; count++) stream.returned();
    expect(sent().slice(-3)).to.deep.equal(['eval 2/0', 'eval 2/1', 'collect 2']);
  });
});
