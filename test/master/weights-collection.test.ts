// The stages' weights at the end of a run: in any order, in parts, and no others.

import { expect } from 'chai';
import { WeightsCollection } from '../../master/weights-collection.js';
import { encodeChunks, type TransferKey } from '../../protocol/chunks.js';
import { topicsOf } from '../../protocol/topics.js';
import { createHub } from '../../transport/in-process.js';
import type { Transport } from '../../transport/transport.js';
import { createMailbox } from '../transport/inbox.js';

const topics = topicsOf('lab');
const CHUNK_BYTES = 4;

/** A file of 10 bytes: three parts. */
const fileOf = (position: number) => new Uint8Array(10).fill(position);

describe('weights collection', () => {
  let board: Transport;
  let master: Transport;
  let collection: WeightsCollection;
  let complete: ReturnType<typeof createMailbox<Uint8Array[]>>;
  let chunks: number;

  beforeEach(async () => {
    const hub = createHub();
    [board, master] = [await hub.connect({ clientId: 'board' }), await hub.connect({ clientId: 'master' })];
    complete = createMailbox();
    chunks = 0;
    collection = new WeightsCollection({
      run: 'run',
      generation: 1,
      positions: 3,
      onChunk: () => {
        chunks++;
      },
      onComplete: (files) => complete.put(files),
    });
    await collection.open(master, topics);
  });

  afterEach(async () => {
    await collection.close();
    await Promise.all([board.close(), master.close()]);
  });

  const partsOf = (position: number, changes: Partial<TransferKey> = {}) => [
    ...encodeChunks({ run: 'run', generation: 1, step: 9, ...changes }, fileOf(position), CHUNK_BYTES),
  ];
  const send = async (position: number, parts: Uint8Array[]) => {
    for (const part of parts) await board.publish(topics.data('run', position, 'weights'), part, { qos: 1 });
  };
  const taken = async () => {
    const [files] = await complete.take(1);
    return files?.map((file) => [...file]);
  };
  const EXPECTED = [1, 2, 0].map((position) => [...fileOf(position)]);

  it('gives the files in the order of the layers: boards first, the master last', async () => {
    collection.add(0, fileOf(0));
    await send(2, partsOf(2).reverse());
    await send(1, partsOf(1));
    expect(await taken()).to.deep.equal(EXPECTED);
    expect(chunks).to.equal(6);
  });

  it('takes parts that come twice, and each file once', async () => {
    await send(1, [...partsOf(1), ...partsOf(1)]);
    await send(2, [...partsOf(2).slice(0, 1), ...partsOf(2)]);
    collection.add(0, fileOf(0));
    collection.add(0, fileOf(7));
    expect(await taken()).to.deep.equal(EXPECTED);
    expect(complete.waiting()).to.equal(0);
  });

  it('ignores other generations, runs and positions', async () => {
    const changes = [{ generation: 0 }, { generation: 2 }, { run: 'another' }];
    for (const change of changes) await send(1, partsOf(1, change));
    for (const position of [0, 3]) await send(position, partsOf(position));
    expect(chunks).to.equal(0);
    collection.add(0, fileOf(0));
    await send(1, partsOf(1));
    await send(2, partsOf(2));
    expect(await taken()).to.deep.equal(EXPECTED);
  });

  it('drops what is broken, and goes on with what comes whole', async () => {
    const [first, ...rest] = partsOf(1) as [Uint8Array, Uint8Array, Uint8Array];
    const corrupted = Uint8Array.from(first);
    corrupted[corrupted.length - 1] = 99;
    await send(1, [Buffer.from('nonsense'), first.subarray(0, 20), corrupted, ...rest]);
    expect(complete.waiting()).to.equal(0);
    collection.add(0, fileOf(0));
    await send(1, [first]);
    await send(2, partsOf(2));
    expect(await taken()).to.deep.equal(EXPECTED);
  });

  it('hears nothing more once it is closed', async () => {
    await collection.close();
    await send(1, partsOf(1));
    expect(chunks).to.equal(0);
  });
});
