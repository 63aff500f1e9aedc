// Files that come to a position in chunks: whole, or not at all, and no others.

import { expect } from 'chai';
import { encodeChunks, type TransferKey } from '../../protocol/chunks.js';
import { topicsOf } from '../../protocol/topics.js';
import { openFileInbox } from '../../transport/file-inbox.js';
import { createHub } from '../../transport/in-process.js';
import type { Subscription, Transport } from '../../transport/transport.js';
import { createMailbox } from './inbox.js';

const topics = topicsOf('lab');
const KEY: TransferKey = {
  run: 'run',
  generation: 1,
  content: 'snapshot',
  from: 1,
  step: 9,
  firstLayer: 0,
  endLayer: 2,
};
/** Three parts of at most 4 bytes. */
const fileOf = (fill: number) => new Uint8Array(10).fill(fill);

describe('a file inbox', () => {
  let board: Transport;
  let own: Transport;
  let inbox: Subscription;
  let files: ReturnType<typeof createMailbox<{ key: TransferKey; file: number[] }>>;
  let chunks: number;

  beforeEach(async () => {
    const hub = createHub();
    [board, own] = [await hub.connect({ clientId: 'board' }), await hub.connect({ clientId: 'own' })];
    files = createMailbox();
    chunks = 0;
    inbox = await openFileInbox({
      transport: own,
      topics,
      place: { run: 'run', generation: 1, position: 2, workers: 3 },
      onChunk: () => {
        chunks++;
      },
      onFile: ({ run, generation, content, from, step, firstLayer, endLayer }, file) => {
        files.put({ key: { run, generation, content, from, step, firstLayer, endLayer }, file: [...file] });
      },
    });
  });

  afterEach(async () => {
    await inbox.close();
    await Promise.all([board.close(), own.close()]);
  });

  const partsOf = (changes: Partial<TransferKey> = {}, fill = 1) => [
    ...encodeChunks({ ...KEY, ...changes }, fileOf(fill), 4),
  ];
  const send = async (parts: readonly Uint8Array[]) => {
    for (const part of parts) await board.publish(topics.data('run', 2, 'weights'), part, { qos: 1 });
  };
  const WHOLE = { key: KEY, file: [...fileOf(1)] };

  it('hands on a file once it is whole, whatever the order, and tells of each part', async () => {
    await send(partsOf().reverse());
    expect(await files.take(1)).to.deep.equal([WHOLE]);
    expect(chunks).to.equal(3);
  });

  it('keeps files apart that come at the same time', async () => {
    const [one, other] = [partsOf(), partsOf({ from: 3, firstLayer: 2, endLayer: 4 }, 2)];
    await send(one.flatMap((part, at) => [part, other[at]!]));
    const second = { key: { ...KEY, from: 3, firstLayer: 2, endLayer: 4 }, file: [...fileOf(2)] };
    expect(await files.take(2)).to.deep.equal([WHOLE, second]);
  });

  it('ignores other generations, runs and positions', async () => {
    for (const change of [{ generation: 0 }, { generation: 2 }, { run: 'another' }, { from: 4 }])
      await send(partsOf(change));
    await send(partsOf());
    expect(await files.take(1)).to.deep.equal([WHOLE]);
    expect(chunks).to.equal(3);
  });

  it('drops what is broken, and takes the file when it comes whole', async () => {
    const [first, ...rest] = partsOf() as [Uint8Array, Uint8Array, Uint8Array];
    const corrupted = Uint8Array.from(first);
    corrupted[corrupted.length - 1] = 99;
    await send([Buffer.from('nonsense'), first.subarray(0, 20), corrupted, ...rest]);
    await send([first]);
    expect(await files.take(1)).to.deep.equal([WHOLE]);
    expect(files.waiting()).to.equal(0);
  });

  it('hears nothing more once it is closed', async () => {
    await inbox.close();
    await send(partsOf());
    expect(chunks).to.equal(0);
  });
});
