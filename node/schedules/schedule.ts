// A schedule decides what a node does next, from what its neighbours sent and nothing else. It is a
// pure function: the node keeps the state, asks, and does what it is told.

export type Action = 'forward' | 'backward' | 'update' | 'wait';

/** What a node knows when it asks. */
export interface NodeView {
  /** What it computed last; null before anything. */
  readonly previous: 'forward' | 'backward' | null;
  /** Updates done: the newest weight version it holds, and the step whose backwards come next. */
  readonly version: number;
  /** Forwards whose backward has not been done, of any step. */
  readonly inFlight: number;
  /** Of step `version`. */
  readonly backwardsDone: number;
  readonly microBatches: number;
  /** Most micro-batches in flight that this node admits. */
  readonly window: number;
  /** The forward that arrived first, if any. `training: false` are evaluations, which are not stashed. */
  readonly nextForward: { readonly step: number; readonly training: boolean } | null;
  readonly gradientWaits: boolean;
}

export interface Schedule {
  readonly name: string;
  /** What to do now. */
  next(view: NodeView): Action;
  /** The weight version at which step `step` takes its gradient, forward and backward alike. */
  weightVersion(step: number): number;
  /** Weight versions that a node holds at once, the newest included. */
  readonly versionsHeld: 1 | 2;
  /** The window may not grow beyond this, whatever the links cost. */
  maxWindow(microBatches: number): number;
}
