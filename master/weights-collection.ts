// Takes in the stages' weights at the end of a run: the boards' from the wire, the master's own.

import type { TransferKey } from '../protocol/chunks.js';

export class WeightsCollection {
  private readonly files = new Map<number, Uint8Array>();

  /**
   * @param positions the master's included
   * @param onComplete told the files in the order of the layers
   */
  constructor(
    private readonly positions: number,
    private readonly onComplete: (files: Uint8Array[]) => void,
  ) {}

  take({ content, from }: TransferKey, file: Uint8Array): void {
    if (content === 'weights' && from > 0 && from < this.positions) this.add(from, file);
  }

  add(position: number, file: Uint8Array): void {
    if (this.files.has(position)) return;
    this.files.set(position, file);
    if (this.files.size < this.positions) return;
    // The layers begin at position 1 and end at the master.
    const order = [...Array.from({ length: this.positions - 1 }, (_, index) => index + 1), 0];
    this.onComplete(order.map((next) => this.files.get(next) as Uint8Array));
  }
}
