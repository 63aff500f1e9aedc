// Takes in the stages' weights at the end of a run: the boards' in chunks over the wire, the master's own.

import { FrameError } from '../errors.js';
import { type Chunk, ChunkAssembly, decodeChunk } from '../protocol/chunks.js';
import { parseTopic, type Topics } from '../protocol/topics.js';
import type { Subscription, Transport } from '../transport/transport.js';

export interface WeightsCollectionOptions {
  readonly run: string;
  readonly generation: number;
  /** The master's position included. */
  readonly positions: number;
  /** Told of each part that belongs here. */
  readonly onChunk: () => void;
  readonly onComplete: (filesInLayerOrder: Uint8Array[]) => void;
}

export class WeightsCollection {
  private readonly files = new Map<number, Uint8Array>();
  private readonly assemblies = new Map<number, ChunkAssembly>();
  private subscription: Subscription | null = null;

  constructor(private readonly options: WeightsCollectionOptions) {}

  async open(transport: Transport, topics: Topics): Promise<void> {
    this.subscription = await transport.subscribe(
      topics.data(this.options.run, '+', 'weights'),
      (topic, payload) => this.receive(topic, payload),
      1,
    );
  }

  async close(): Promise<void> {
    await this.subscription?.close();
  }

  add(position: number, file: Uint8Array): void {
    const { positions, onComplete } = this.options;
    if (this.files.has(position)) return;
    this.files.set(position, file);
    if (this.files.size < positions) return;
    // The layers begin at position 1 and end at the master.
    const order = [...Array.from({ length: positions - 1 }, (_, index) => index + 1), 0];
    onComplete(order.map((next) => this.files.get(next) as Uint8Array));
  }

  /** Whose weights they are the topic says, and who may write there the broker watches. */
  private receive(topic: string, payload: Uint8Array): void {
    const parsed = parseTopic(topic);
    if (parsed?.kind !== 'data') return;
    try {
      const chunk = decodeChunk(payload);
      if (this.isOurs(parsed.position, chunk)) this.assemble(parsed.position, chunk);
    } catch (error) {
      if (!(error instanceof FrameError)) throw error; // the collection's time-out tells
    }
  }

  private isOurs(position: number, { run, generation }: Chunk): boolean {
    const { options } = this;
    return run === options.run && generation === options.generation && position > 0 && position < options.positions;
  }

  private assemble(position: number, chunk: Chunk): void {
    this.options.onChunk();
    const assembly = this.assemblies.get(position) ?? new ChunkAssembly(chunk);
    this.assemblies.set(position, assembly);
    const file = assembly.add(chunk);
    if (file) this.add(position, file);
  }
}
