// What waits to be sent to a neighbour: what becomes of a frame that cannot be written, and of those behind it.

import { EventEmitter, once } from 'node:events';
import { expect } from 'chai';
import { ConnectionError, FrameError } from '../../errors.js';
import { decodeFrame } from '../../protocol/frame.js';
import { packTensor } from '../../protocol/packed-tensor.js';
import { LinkClock } from '../../transport/link-clock.js';
import type { Outlet } from '../../transport/outlet.js';
import { publishQueue, type QueuedFrame } from '../../transport/publish-queue.js';
import { TopicCounts } from '../../transport/topic-counts.js';

const PLACE = { run: 'r', generation: 0, mode: 'ring' as const, position: 1, workers: 2 };
const DONE: QueuedFrame = { kind: 'done', step: 0, micro: 0, tensor: null };
/** Its shape is not that of what was packed. */
const UNWRITABLE: QueuedFrame = {
  ...DONE,
  kind: 'gradient',
  tensor: { shape: [3], data: packTensor(new Float32Array(2), 'f32').packed },
};

/** A queue to an outlet that publishes, unless `publish` throws. */
function openQueue(publish: () => void = () => undefined) {
  const seen = new EventEmitter();
  const counters = { bytesOut: 0, unsent: 0, topics: new TopicCounts() };
  const outlet: Outlet = {
    kind: 'hub',
    name: 'the connection to the broker',
    publish: async (_topic, payload) => {
      publish();
      seen.emit('frame', decodeFrame(payload));
    },
    onBroken: () => {},
    close: async () => {},
  };
  const onLost = (cause: Error) => seen.emit('lost', cause);
  const enqueue = publishQueue({ place: PLACE, outlet, clock: new LinkClock(), counters, onLost });
  return { seen, counters, enqueue: (frame: QueuedFrame) => enqueue('topic', frame) };
}

describe('publish queue', () => {
  it('tells of a frame that cannot be written as what it is, and sends those behind it', async () => {
    const { seen, counters, enqueue } = openQueue();
    const told = Promise.all([once(seen, 'lost'), once(seen, 'frame')]);
    enqueue(UNWRITABLE);
    enqueue({ ...DONE, micro: 1 });
    const [[cause], [frame]] = await told;
    expect(cause).to.be.instanceOf(FrameError).with.property('field', 'data.shape');
    expect(frame).to.include({ kind: 'done', micro: 1 });
    expect(counters.unsent).to.equal(1);
  });

  it('tells of a frame that the link did not take as a loss of the link', async () => {
    const broken = new Error('gone');
    const { seen, enqueue } = openQueue(() => {
      throw broken;
    });
    const told = once(seen, 'lost');
    enqueue(DONE);
    const [cause] = await told;
    expect(cause).to.be.instanceOf(ConnectionError).with.property('cause', broken);
  });
});
