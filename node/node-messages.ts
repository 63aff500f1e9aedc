// What passes between a node and the thread that holds its links: plain data, arrays owned by the
// receiver (they are transferred between threads, not copied).

import type { PackedTensor } from '../protocol/packed-tensor.js';

/** Activations and gradients: `[micro-batch, ...per sample]`. */
interface Carrying<Kind extends string, Data = Float32Array> {
  readonly kind: Kind;
  readonly step: number;
  readonly micro: number;
  readonly data: Data;
}

/** Travels clockwise, through all positions. */
interface Call<Kind extends string> {
  readonly kind: Kind;
  readonly step: number;
}

interface StageFile<Kind extends string> {
  readonly kind: Kind;
  readonly step: number;
  readonly file: Uint8Array;
}

/** Of a star: the worker that sent it, the places of a sparse piece's values, and with the last piece the push's loss and basis. */
interface SentPart {
  readonly from?: number | undefined;
  readonly index?: Uint16Array | undefined;
  readonly loss?: number | undefined;
  readonly basis?: number | undefined;
}

/** Of a star: local steps of the clock; as many as the run has unless told. */
interface ShortenedClock {
  readonly localSteps?: number | undefined;
}

/** Where a node begins: with what was kept of its stage at a cut. None at step 0, where the weights are drawn. */
export interface Start {
  readonly step: number;
  readonly files: readonly Uint8Array[];
}

/** What the compute thread runs. */
export interface Node {
  deliver(message: Incoming): void;
  /** Does one thing; false when there is none to do. The caller looks for new messages between two. */
  runOnce(): boolean;
}

/** To the node. */
export type Incoming =
  | Carrying<'activation'>
  /** An activation that is only evaluated, at weight version `step`. */
  | Carrying<'eval'>
  | (Carrying<'gradient'> & SentPart)
  /** Give a snapshot, or your weights, once you hold version `step`. */
  | Call<'cut'>
  | Call<'collect'>
  /** To a worker of a star: piece `micro` of the weights for its clock `step`; with the last one until where they do. */
  | (Carrying<'parameters'> & ShortenedClock & { readonly until?: number | undefined })
  /** To the server: the worker has, or gets, the data of one more clock. */
  | ({ readonly kind: 'share'; readonly to: number } & ShortenedClock)
  /** To the server: once it has taken in all samples up to `step`, evaluate, before anything else. */
  | { readonly kind: 'evaluation'; readonly step: number; readonly microBatches: number }
  /** To the server: the worker is gone. */
  | { readonly kind: 'lost'; readonly worker: number }
  /** Admit so many micro-batches from now on. */
  | { readonly kind: 'window'; readonly window: number }
  /** To a node that holds the loss, before the activation that they belong to; the first `samples` rows count. */
  | {
      readonly kind: 'targets';
      readonly step: number;
      readonly micro: number;
      readonly training: boolean;
      readonly samples: number;
      readonly data: Float32Array;
    };

/** From the node: the first three to a neighbour, packed for the wire; the others to whoever keeps the run. */
export type Outgoing =
  | Carrying<'activation', PackedTensor>
  | Carrying<'eval', PackedTensor>
  /** `entries` of a star's piece, which may be sparse; its last one tells the sum of the push's losses, and its basis. */
  | (Carrying<'gradient', PackedTensor> & {
      readonly entries?: number;
      readonly isSparse?: boolean;
      readonly loss?: number;
      readonly basis?: number;
    })
  /** From the server of a star. */
  | (Carrying<'parameters', PackedTensor> &
      ShortenedClock & { readonly to: readonly number[]; readonly until?: number })
  | Call<'cut'>
  | Call<'collect'>
  /** The backward of the model's first layer is done. */
  | { readonly kind: 'done'; readonly step: number; readonly micro: number }
  /** The server has applied a worker's push, `staleness` pushes after those in the parameters that it was computed at. */
  | { readonly kind: 'pushed'; readonly from: number; readonly loss: number; readonly staleness: number }
  /** The server is ready for the micro-batches of the evaluation at `step`. */
  | { readonly kind: 'evaluating'; readonly step: number }
  /** Sum of the losses over the micro-batch. */
  | { readonly kind: 'loss'; readonly step: number; readonly micro: number; readonly loss: number }
  | {
      readonly kind: 'evaluated';
      readonly step: number;
      readonly micro: number;
      readonly samples: number;
      readonly lossSum: number;
      readonly metricSum: number;
    }
  | { readonly kind: 'updated'; readonly step: number }
  /** A safetensors file of the stage at version `step`: its weights, or all that it goes on from. */
  | StageFile<'weights'>
  | StageFile<'snapshot'>
  | {
      readonly kind: 'fault';
      readonly step: number;
      readonly micro: number;
      readonly layer: string;
      readonly message: string;
      readonly remedy?: string;
    };
