// A file of weights in chunks: whatever the order, it arrives whole or not at all.

import { expect } from 'chai';
import fc from 'fast-check';
import {
  CHUNK_BYTES,
  type Chunk,
  ChunkAssembly,
  decodeChunk,
  encodeChunks,
  type TransferKey,
} from '../../protocol/chunks.js';
import { decodeSafetensors, encodeSafetensors } from '../../protocol/safetensors.js';
import { blamedField } from './blobs.js';

const KEY: TransferKey = {
  run: 'digits',
  generation: 1,
  content: 'snapshot',
  from: 2,
  step: 40,
  firstLayer: 3,
  endLayer: 5,
};

function chunksOf(file: Uint8Array, chunkBytes?: number): Chunk[] {
  return Array.from(encodeChunks(KEY, file, chunkBytes), decodeChunk);
}

/** Adds all in this order; the results, of which only that of the last new one is a file. */
function addAll(chunks: readonly Chunk[]): (Uint8Array | null)[] {
  const assembly = new ChunkAssembly(chunks[0]!);
  return chunks.map((chunk) => assembly.add(chunk));
}

describe('chunks', () => {
  it('make the file again in any order, with duplicates', () => {
    const aTransfer = fc.record({
      file: fc.uint8Array({ maxLength: 200 }),
      chunkBytes: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(aTransfer, fc.infiniteStream(fc.nat()), ({ file, chunkBytes }, dice) => {
        const chunks = chunksOf(file, chunkBytes);
        const order = [...shuffled(chunks, dice), ...shuffled(chunks, dice)].slice(0, 2 * chunks.length - 1);
        const results = addAll(order);
        const whole = results.findIndex((result) => result !== null);
        expect(new Set(order.slice(0, whole + 1).map(({ index }) => index)).size).to.equal(chunks.length);
        expect([...results[whole]!]).to.deep.equal([...file]);
      }),
      { seed: 1 },
    );
  });

  it('carry their key, index, count and checksum', () => {
    const [first, second, ...rest] = chunksOf(Uint8Array.of(1, 2, 3), 2);
    expect(rest).to.deep.equal([]);
    expect(first).to.include({ ...KEY, index: 0, count: 2 });
    expect(second).to.include({ ...KEY, index: 1, count: 2 });
    // printf '\1\2\3' | sha256sum
    expect(first?.sha256).to.equal('039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81');
    expect([...second!.bytes]).to.deep.equal([3]);
  });

  it('are one for an empty file', () => {
    const chunks = chunksOf(new Uint8Array(0));
    expect(chunks.map(({ count, bytes }) => [count, bytes.length])).to.deep.equal([[1, 0]]);
    expect(addAll(chunks)[0]).to.have.length(0);
  });

  it('split at 256 KiB', () => {
    expect(chunksOf(new Uint8Array(CHUNK_BYTES))).to.have.length(1);
    const sizes = chunksOf(new Uint8Array(CHUNK_BYTES + 1)).map(({ bytes }) => bytes.length);
    expect(sizes).to.deep.equal([256 * 1024, 1]);
  });

  it('own their bytes once decoded', () => {
    const [packet] = encodeChunks(KEY, Uint8Array.of(1, 2, 3));
    const { bytes } = decodeChunk(packet!);
    packet!.fill(0);
    expect([...bytes]).to.deep.equal([1, 2, 3]);
  });

  it('of another file are refused', () => {
    const [first, second] = chunksOf(Uint8Array.of(1, 2, 3), 2) as [Chunk, Chunk];
    const assembly = new ChunkAssembly(first);
    const add = (changes: Partial<Chunk>) => blamedField(() => assembly.add({ ...second, ...changes }));
    expect(add({ sha256: 'another' })).to.equal('chunk');
    expect(add({ count: 3 })).to.equal('chunk');
    expect(add({ index: 2 })).to.equal('chunk');
    expect(assembly.add(first)).to.equal(null);
    expect([...assembly.add(second)!]).to.deep.equal([1, 2, 3]);
  });

  it('that were changed on the way fail the checksum', () => {
    const [first, second] = chunksOf(Uint8Array.of(1, 2, 3), 2) as [Chunk, Chunk];
    const assembly = new ChunkAssembly(first);
    assembly.add(first);
    expect(blamedField(() => assembly.add({ ...second, bytes: Uint8Array.of(4) }))).to.equal('sha256');
  });

  it('name the field that is wrong', () => {
    const { metadata, tensors } = decodeSafetensors(encodeChunks(KEY, Uint8Array.of(1)).next().value as Uint8Array);
    const decode = (changes: Record<string, string | undefined>) => {
      const changed = Object.entries({ ...metadata, ...changes }).filter(([, value]) => value !== undefined);
      const blob = encodeSafetensors({ metadata: Object.fromEntries(changed) as Record<string, string>, tensors });
      return blamedField(() => decodeChunk(blob));
    };
    for (const field of Object.keys(metadata)) {
      expect(decode({ [field]: undefined })).to.equal(`__metadata__.${field}`);
    }
    for (const field of ['generation', 'step', 'index', 'count']) {
      expect(decode({ [field]: '-1' })).to.equal(`__metadata__.${field}`);
    }
  });

  it('hold exactly one list of bytes', () => {
    const { metadata, tensors } = decodeSafetensors(encodeChunks(KEY, Uint8Array.of(1)).next().value as Uint8Array);
    const [chunk] = tensors;
    const field = (...changed: typeof tensors) =>
      blamedField(() => decodeChunk(encodeSafetensors({ metadata, tensors: changed })));
    expect(field()).to.equal('tensors');
    expect(field(chunk!, { ...chunk!, name: 'more' })).to.equal('tensors');
    expect(field({ ...chunk!, name: 'data' })).to.equal('tensors');
    expect(field({ ...chunk!, dtype: 'F16', shape: [0], bytes: new Uint8Array(0) })).to.equal('tensors');
  });
});

function shuffled<Item>(items: readonly Item[], dice: Iterator<number>): Item[] {
  const order = [...items];
  for (let last = order.length - 1; last > 0; last--) {
    const other = (dice.next().value as number) % (last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
