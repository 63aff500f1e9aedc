// Which pushes a server lets in: each worker's pieces in their order, of clocks that it was given parameters for, and
// with the last one the loss. Others would change the weights behind the consistency's back, or heap up.

import { type FrameOrder, starOrder } from '../../transport/frame-order.js';
import type { Outgoing } from '../node-messages.js';

export interface PushOrder {
  readonly order: FrameOrder;
  /** Parameters are on their way, after which their receivers may push. */
  granted(parameters: Pick<Extract<Outgoing, { kind: 'parameters' }>, 'step' | 'micro' | 'to'>): void;
}

/** @param pieces of a push */
export function pushOrder(pieces: number): PushOrder {
  const inOrder = starOrder({ gradient: pieces });
  /** Clocks that each worker has had all parameters for. */
  const clocks = new Map<number, number>();
  return {
    order: (key, sender) => {
      const isWhole = key.micro !== pieces - 1 || key.loss !== undefined;
      return isWhole && key.step < (clocks.get(sender) ?? 0) ? inOrder(key, sender) : 'unexpected';
    },
    granted: ({ step, micro, to }) => {
      if (micro === pieces - 1) for (const worker of to) clocks.set(worker, step + 1);
    },
  };
}
