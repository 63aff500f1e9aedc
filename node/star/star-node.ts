// The node of a star that a part asks for: the server's, or a worker's.

import type { OptimizerSpec } from '../../compute/specs.js';
import { EXACT_WIRE, type Wire } from '../../protocol/wire-dtypes.js';
import type { ActionCosts } from '../action-costs.js';
import type { Ledger } from '../emulation.js';
import type { Node, Outgoing } from '../node-messages.js';
import type { ParameterVectors } from '../parameter-store.js';
import type { Worker } from '../worker.js';
import type { StarPart } from './part.js';
import { StarServerNode } from './server-node.js';
import { StarWorkerNode } from './worker-node.js';

export interface StarNodeOptions {
  readonly worker: Worker;
  readonly part: StarPart;
  /** As the run asks for it, whoever descends. */
  readonly optimizer: OptimizerSpec;
  /** What its actions cost on paper, for an emulated board. */
  readonly costs: ActionCosts;
  readonly activity: Ledger;
  readonly wire?: Wire | undefined;
  readonly emit: (message: Outgoing) => void;
}

export function starNode({ wire = EXACT_WIRE, ...options }: StarNodeOptions): Node {
  if (options.part.role === 'worker') return new StarWorkerNode({ ...options, wire });
  const { worker } = options;
  return new StarServerNode({
    ...options,
    wire,
    vectors: worker.store.vectors() as ParameterVectors,
    tensors: worker.store.wholeTensors(),
    kernels: worker.kernels,
  });
}
