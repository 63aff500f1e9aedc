// The files that come to a position in chunks, each handed on once it is whole: snapshots of a neighbour, layers that
// are taken over, the trained model. What does not belong, of another run or generation, is dropped.

import { FrameError } from '../errors.js';
import { type Chunk, ChunkAssembly, decodeChunk, type TransferKey } from '../protocol/chunks.js';
import type { Topics } from '../protocol/topics.js';
import type { Place } from './data-plane.js';
import type { Subscription, Transport } from './transport.js';

export interface FileInboxOptions {
  readonly transport: Transport;
  readonly topics: Topics;
  readonly place: Pick<Place, 'run' | 'generation' | 'position' | 'workers'>;
  /** Told of each part that belongs here. */
  onChunk?(bytes: number): void;
  /** A file whose checksum is right. */
  onFile(key: TransferKey, file: Uint8Array): void;
}

export function openFileInbox(options: FileInboxOptions): Promise<Subscription> {
  const { transport, topics, place, onChunk, onFile } = options;
  const assemblies = new Map<string, ChunkAssembly>();
  const assemble = (chunk: Chunk, bytes: number) => {
    onChunk?.(bytes);
    const name = nameOf(chunk);
    const assembly = assemblies.get(name) ?? new ChunkAssembly(chunk);
    assemblies.set(name, assembly);
    const file = assembly.add(chunk);
    if (file === null) return;
    assemblies.delete(name);
    onFile(chunk, file);
  };
  const receive = (_: string, payload: Uint8Array) => {
    try {
      const chunk = decodeChunk(payload);
      if (belongs(chunk, place)) assemble(chunk, payload.length);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error; // who waits for the file notices that it does not come
    }
  };
  return transport.subscribe(topics.data(place.run, place.position, 'weights'), receive, 1);
}

/** Of one sender's one file. */
function nameOf({ content, from, step, firstLayer, endLayer, sha256, count }: Chunk): string {
  return [content, from, step, firstLayer, endLayer, sha256, count].join('/');
}

function belongs({ run, generation, from }: Chunk, place: FileInboxOptions['place']): boolean {
  return run === place.run && generation === place.generation && from <= place.workers;
}
