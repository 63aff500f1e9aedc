// A stage's weights, or a snapshot of it, are a safetensors file that may exceed the broker's packet limit. It crosses
// the wire in chunks, each a safetensors blob of its own, with the file's SHA-256 in the metadata. For whom it is, the
// topic says.

import { createHash } from 'node:crypto';
import { FrameError } from '../errors.js';
import { integerOf, textOf } from './frame.js';
import { decodeSafetensors, encodeSafetensors, type Metadata } from './safetensors.js';
import { shown } from './shown.js';

export const CHUNK_BYTES = 256 * 1024;

/** What a file is: the weights alone, as the trained model has them, or all that a stage goes on from. */
export const FILE_CONTENTS = ['weights', 'snapshot'] as const;
export type FileContent = (typeof FILE_CONTENTS)[number];

export interface TransferKey {
  readonly run: string;
  readonly generation: number;
  readonly content: FileContent;
  /** The position that sends it. */
  readonly from: number;
  /** The weight version that the file holds. */
  readonly step: number;
  /** Its layers: from the first up to, not including, the end. */
  readonly firstLayer: number;
  readonly endLayer: number;
}

export interface Chunk extends TransferKey {
  readonly index: number;
  readonly count: number;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

export function* encodeChunks(key: TransferKey, file: Uint8Array, chunkBytes = CHUNK_BYTES): Generator<Uint8Array> {
  const sha256 = createHash('sha256').update(file).digest('hex');
  const count = Math.max(1, Math.ceil(file.length / chunkBytes));
  for (let index = 0; index < count; index++) {
    const bytes = file.subarray(index * chunkBytes, (index + 1) * chunkBytes);
    const fields = Object.entries({ ...key, index, count }).map(([name, value]) => [name, `${value}`]);
    const metadata = { ...Object.fromEntries(fields), sha256 };
    yield encodeSafetensors({ metadata, tensors: [{ name: 'chunk', dtype: 'I8', shape: [bytes.length], bytes }] });
  }
}

/** @throws FrameError naming the field */
export function decodeChunk(blob: Uint8Array): Chunk {
  const { metadata, tensors } = decodeSafetensors(blob);
  const [tensor] = tensors;
  if (tensors.length !== 1 || tensor?.name !== 'chunk' || tensor.dtype !== 'I8') {
    throw new FrameError('tensors', 'one I8 tensor named chunk expected');
  }
  return {
    run: textOf(metadata, 'run'),
    generation: integerOf(metadata, 'generation'),
    content: contentOf(metadata),
    from: integerOf(metadata, 'from'),
    step: integerOf(metadata, 'step'),
    firstLayer: integerOf(metadata, 'firstLayer'),
    endLayer: integerOf(metadata, 'endLayer'),
    index: integerOf(metadata, 'index'),
    count: integerOf(metadata, 'count'),
    sha256: textOf(metadata, 'sha256'),
    bytes: Uint8Array.from(tensor.bytes),
  };
}

function contentOf(metadata: Metadata): FileContent {
  const content = FILE_CONTENTS.find((each) => each === metadata.content);
  if (content) return content;
  throw new FrameError(
    '__metadata__.content',
    `one of ${FILE_CONTENTS.join(', ')} expected, got ${shown(metadata.content)}`,
  );
}

/** Collects the chunks of one file, in any order, duplicates allowed. */
export class ChunkAssembly {
  private readonly parts = new Map<number, Uint8Array>();

  constructor(private readonly first: Pick<Chunk, 'count' | 'sha256'>) {}

  /**
   * @returns the whole file once its last chunk is there, else null
   * @throws FrameError when a chunk is of another file, or the checksum is wrong
   */
  add(chunk: Chunk): Uint8Array | null {
    const { count, sha256 } = this.first;
    if (chunk.sha256 !== sha256 || chunk.count !== count || chunk.index >= count) {
      throw new FrameError('chunk', `part ${chunk.index} of ${chunk.count} is of another file`);
    }
    this.parts.set(chunk.index, chunk.bytes);
    if (this.parts.size < count) return null;
    const file = Buffer.concat(Array.from({ length: count }, (_, index) => this.parts.get(index) as Uint8Array));
    const actual = createHash('sha256').update(file).digest('hex');
    if (actual !== sha256) throw new FrameError('sha256', `${sha256} expected, got ${actual}`);
    return file;
  }
}
