// A position's end of the ring: what goes where, in which order, and what is not let in.

import { expect } from 'chai';
import { decodeChunk } from '../../protocol/chunks.js';
import { decodeFrame, encodeFrame, type Frame, type FrameKind } from '../../protocol/frame.js';
import { packTensor } from '../../protocol/packed-tensor.js';
import { topicsOf } from '../../protocol/topics.js';
import type { Wire, WireDtype } from '../../protocol/wire-dtypes.js';
import { type DataPlane, openDataPlane, type Place } from '../../transport/data-plane.js';
import { ringOrder } from '../../transport/frame-order.js';
import { createHub, type Hub } from '../../transport/in-process.js';
import type { Transport } from '../../transport/transport.js';
import { createMailbox, openInbox } from './inbox.js';

const topics = topicsOf('lab');
const SHAPE = [2, 3];
const MICRO_BATCHES = 2;
const place = (position: number): Place => ({ run: 'run', generation: 5, mode: 'ring', position, workers: 2 });

function frame(changes: Partial<Frame> = {}): Frame {
  const tensor = { shape: SHAPE, data: Float32Array.of(1, 2, 3, 4, 5, 6) };
  return { run: 'run', generation: 5, kind: 'activation', step: 0, micro: 0, tensor, ...changes };
}

describe('data plane', () => {
  let hub: Hub;
  let transport: Transport;
  let other: Transport;
  const planes: DataPlane[] = [];
  const lost: Error[] = [];

  beforeEach(async () => {
    lost.length = 0;
    hub = createHub();
    [transport, other] = [await hub.connect({ clientId: 'board' }), await hub.connect({ clientId: 'other' })];
  });

  afterEach(async () => {
    await Promise.all(planes.splice(0).map((plane) => plane.close()));
    await Promise.all([transport.close(), other.close()]);
  });

  async function open(position: number, wire?: Wire) {
    const received = createMailbox<Frame>();
    const expectedShape = (kind: FrameKind) => (kind === 'collect' || kind === 'done' ? null : SHAPE);
    const plane = await openDataPlane({
      transport,
      topics,
      place: place(position),
      links: null,
      order: ringOrder(MICRO_BATCHES),
      wire,
      onLost: (cause) => lost.push(cause),
      expectedShape,
      onFrame: (arrived) => received.put(arrived),
    });
    planes.push(plane);
    return { plane, received };
  }

  const publish = (position: number, channel: 'forward' | 'backward', payload: Uint8Array) =>
    other.publish(topics.data('run', position, channel), payload, { qos: 0 });

  it('sends activations clockwise and gradients anticlockwise', async () => {
    const inbox = await openInbox(other, topics.data('run', '+', '+' as 'forward'));
    for (const [position, forward, backward] of [
      [1, 2, 0],
      [2, 0, 1],
      [0, 1, 2],
    ] as const) {
      const { plane } = await open(position);
      const { tensor } = frame();
      plane.send({ kind: 'activation', step: 1, micro: 2, tensor });
      plane.send({ kind: 'gradient', step: 1, micro: 2, tensor });
      const arrived = await inbox.take(2);
      const kindsByTopic = Object.fromEntries(arrived.map(({ topic, payload }) => [topic, decodeFrame(payload)]));
      const { timing, ...sent } = kindsByTopic[topics.data('run', forward, 'forward')]!;
      expect(sent).to.deep.equal(frame({ step: 1, micro: 2 }));
      expect(timing?.sent).to.be.closeTo(performance.now(), 10_000);
      expect(kindsByTopic[topics.data('run', backward, 'backward')]?.kind).to.equal('gradient');
    }
  });

  it('keeps the order of what it sends, and counts what could not be sent', async () => {
    const { plane } = await open(1);
    const inbox = await openInbox(other, topics.data('run', 2, 'forward'));
    for (let micro = 0; micro < 5; micro++) plane.send({ kind: 'activation', step: 0, micro, tensor: frame().tensor });
    const arrived = (await inbox.take(5)).map(({ payload }) => decodeFrame(payload).micro);
    expect(arrived).to.deep.equal([0, 1, 2, 3, 4]);
    hub.sever('board');
    plane.send({ kind: 'activation', step: 1, micro: 0, tensor: null });
    await other.publish('a/turn', 'of the event loop', { qos: 1 });
    await hub.restore('board');
    plane.send({ kind: 'activation', step: 1, micro: 1, tensor: null });
    expect((await inbox.take(1)).map(({ payload }) => decodeFrame(payload).micro)).to.deep.equal([1]);
    expect(plane.counters.unsent).to.equal(1);
  });

  it('hands on what belongs here, in owned and aligned memory', async () => {
    const { plane, received } = await open(1);
    const blobs = [
      frame(),
      frame({ micro: 1 }),
      frame({ kind: 'eval', step: 1 }),
      frame({ kind: 'collect', step: 1, tensor: null }),
    ];
    for (const each of blobs) await publish(1, 'forward', encodeFrame(each));
    await publish(1, 'backward', encodeFrame(frame({ kind: 'gradient' })));
    const arrived = await received.take(5);
    expect(arrived.map(({ kind }) => kind)).to.deep.equal(['activation', 'activation', 'eval', 'collect', 'gradient']);
    expect(arrived[0]).to.deep.equal(frame());
    expect(arrived[0]?.tensor?.data.byteOffset).to.equal(0);
    expect(plane.counters.bytesIn).to.be.above(0);
    expect(Object.values(plane.counters.dropped)).to.deep.equal([0, 0, 0, 0, 0, 0, 0, 0]);
  });

  for (const [reason, channel, payload] of [
    ['malformed', 'forward', Buffer.from('nonsense')],
    ['malformed', 'forward', encodeFrame(frame()).subarray(0, 100)],
    ['foreign', 'forward', encodeFrame(frame({ run: 'another' }))],
    ['foreign', 'forward', encodeFrame(frame({ generation: 6 }))],
    ['stale', 'forward', encodeFrame(frame({ generation: 4 }))],
    ['misplaced', 'forward', encodeFrame(frame({ kind: 'gradient' }))],
    ['misplaced', 'backward', encodeFrame(frame())],
    ['misplaced', 'backward', encodeFrame(frame({ kind: 'done', tensor: null }))],
    ['shape', 'forward', encodeFrame(frame({ tensor: { shape: [3, 2], data: new Float32Array(6) } }))],
    ['shape', 'forward', encodeFrame(frame({ tensor: { shape: [2], data: new Float32Array(2) } }))],
    ['shape', 'forward', encodeFrame(frame({ tensor: null }))],
    ['shape', 'forward', encodeFrame(frame({ kind: 'collect' }))],
  ] as const) {
    it(`drops and counts what is ${reason}`, async () => {
      const { plane, received } = await open(1);
      await publish(1, channel, payload);
      await publish(1, channel, encodeFrame(frame({ kind: channel === 'forward' ? 'activation' : 'gradient' })));
      expect(await received.take(1)).to.have.length(1);
      expect(received.waiting()).to.equal(0);
      expect(plane.counters.dropped[reason]).to.equal(1);
    });
  }

  it('lets in the dtype of the run and kind alone', async () => {
    const { plane, received } = await open(1, { activations: 'f16', gradients: 'int8', parameters: 'f32' });
    const as = (dtype: WireDtype) => ({ tensor: { ...frame().tensor!, dtype } });
    await publish(1, 'forward', encodeFrame(frame(as('f32'))));
    await publish(1, 'forward', encodeFrame(frame(as('int8'))));
    await publish(1, 'forward', encodeFrame(frame(as('f16'))));
    await publish(1, 'forward', encodeFrame(frame({ micro: 1, ...as('f16') })));
    await publish(1, 'forward', encodeFrame(frame({ kind: 'eval', step: 1, ...as('f16') })));
    await publish(1, 'backward', encodeFrame(frame({ kind: 'gradient', ...as('f16') })));
    await publish(1, 'backward', encodeFrame(frame({ kind: 'gradient', ...as('int8') })));
    const arrived = await received.take(4);
    expect(arrived.map(({ kind }) => kind)).to.deep.equal(['activation', 'activation', 'eval', 'gradient']);
    expect(plane.counters.dropped.dtype).to.equal(3);
  });

  it('completes and publishes the very buffer that a tensor was packed into', async () => {
    const published: Uint8Array[] = [];
    const spy: Transport = {
      ...transport,
      subscribe: (...rest) => transport.subscribe(...rest),
      publish: async (_topic, payload, { owned }) => void (owned && published.push(payload as Uint8Array)),
    };
    const plane = await openDataPlane({
      transport: spy,
      topics,
      place: place(1),
      links: null,
      order: ringOrder(MICRO_BATCHES),
      onLost: (cause) => lost.push(cause),
      expectedShape: () => SHAPE,
      onFrame: () => undefined,
    });
    planes.push(plane);
    const { packed } = packTensor(Float32Array.of(1, 2, 3, 4, 5, 6), 'f32');
    plane.send({ kind: 'activation', step: 0, micro: 0, tensor: { shape: SHAPE, data: packed } });
    await new Promise(setImmediate);
    expect(published.map(({ buffer }) => buffer === packed)).to.deep.equal([true]);
    expect(decodeFrame(published[0]!).tensor).to.deep.equal(frame().tensor);
  });

  it('drops what was here before, each kind on its own', async () => {
    const { plane, received } = await open(1);
    const send = (step: number, micro: number, kind: FrameKind = 'activation') =>
      publish(1, 'forward', encodeFrame(frame({ step, micro, kind })));
    await send(0, 0);
    await send(0, 0);
    await send(0, 1);
    await send(0, 0);
    await send(1, 0, 'eval');
    await send(1, 0, 'eval');
    await send(1, 0);
    expect((await received.take(4)).map(({ step, micro, kind }) => `${kind} ${step}/${micro}`)).to.deep.equal([
      'activation 0/0',
      'activation 0/1',
      'eval 1/0',
      'activation 1/0',
    ]);
    expect(plane.counters.dropped.repeated).to.equal(3);
  });

  it('drops what is not due yet, and goes on with what is', async () => {
    const { plane, received } = await open(1);
    const intruders = [
      frame({ step: 99_999 }),
      frame({ micro: 1 }),
      frame({ step: 1, kind: 'eval' }),
      frame({ step: 1, kind: 'collect', tensor: null }),
    ];
    for (const intruder of intruders) await publish(1, 'forward', encodeFrame(intruder));
    await publish(1, 'backward', encodeFrame(frame({ step: 99_999, kind: 'gradient' })));
    await publish(1, 'forward', encodeFrame(frame()));
    expect((await received.take(1))[0]).to.deep.equal(frame());
    expect(plane.counters.dropped.unexpected).to.equal(intruders.length + 1);
  });

  it('tells once that a frame was lost', async () => {
    const { plane } = await open(1);
    await transport.close();
    const { tensor } = frame();
    plane.send({ kind: 'activation', step: 0, micro: 0, tensor });
    plane.send({ kind: 'activation', step: 0, micro: 1, tensor });
    await new Promise(setImmediate);
    expect(plane.counters.unsent).to.equal(2);
    expect(lost.map(({ message }) => message)).to.deep.equal([
      'a frame was lost, because the connection to the broker was',
    ]);
  });

  it('lets the master alone hear that a micro-batch is done', async () => {
    const { received } = await open(0);
    await publish(0, 'backward', encodeFrame(frame({ kind: 'done', tensor: null })));
    expect((await received.take(1))[0]?.kind).to.equal('done');
  });

  it('sends a file to a position in parts', async () => {
    const { plane } = await open(2);
    const inbox = await openInbox(other, topics.data('run', 0, 'weights'));
    const file = new Uint8Array(300_000).fill(7);
    const key = { content: 'weights', step: 9, firstLayer: 2, endLayer: 4 } as const;
    await plane.sendFile(0, key, file);
    const payloads = (await inbox.take(2)).map(({ payload }) => payload);
    const parts = payloads.map(decodeChunk);
    for (const part of parts) expect(part).to.include({ ...key, run: 'run', from: 2, count: 2 });
    expect(parts.map(({ index }) => index)).to.deep.equal([0, 1]);
    expect(Buffer.concat(parts.map(({ bytes }) => bytes)).equals(file)).to.equal(true);
    expect(plane.counters.bytesOut).to.equal(Buffer.concat(payloads).length);
  });

  it('hears nothing more once it is closed', async () => {
    const { plane } = await open(1);
    await plane.close();
    await publish(1, 'forward', encodeFrame(frame()));
    expect(plane.counters.bytesIn).to.equal(0);
  });
});
