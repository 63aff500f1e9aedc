// Which pushes a server lets in: each worker's pieces in their order, of clocks that its parameters allow, and with
// the last one the loss, and at which parameters it was computed if not its own. Others would change the weights behind the consistency's back, or heap up.

import { type FrameOrder, starOrder } from '../../transport/frame-order.js';
import type { Outgoing } from '../node-messages.js';

type Granted = Pick<Extract<Outgoing, { kind: 'parameters' }>, 'step' | 'micro' | 'to'> & {
  /** The first clock that they do not allow. */
  readonly until?: number | undefined;
};

export interface PushOrder {
  readonly order: FrameOrder;
  /** Parameters are on their way, after which their receivers may push. */
  granted(parameters: Granted): void;
}

/**
 * @param pieces of a push
 * @param beyond clocks that a worker may be ahead of its last parameters
 */
export function pushOrder(pieces: number, beyond = 0): PushOrder {
  const inOrder = starOrder({ gradient: pieces });
  /** Each worker's last whole parameters, and the first clock that they do not allow. */
  const grants = new Map<number, { step: number; until: number }>();
  return {
    order: (key, sender) => {
      const { step: last, until } = grants.get(sender) ?? { step: -1, until: 0 };
      const { step, micro, loss, basis = step } = key;
      const isPossible = basis <= Math.min(step, last) && basis >= step - beyond;
      const isWhole = micro !== pieces - 1 || (loss !== undefined && isPossible);
      return isWhole && step < until ? inOrder(key, sender) : 'unexpected';
    },
    granted: ({ step, micro, to, until = step + 1 }) => {
      if (micro === pieces - 1) for (const worker of to) grants.set(worker, { step, until });
    },
  };
}
