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

/** To the node. */
export type Incoming =
  | Carrying<'activation'>
  /** An activation that is only evaluated, at weight version `step`. */
  | Carrying<'eval'>
  | Carrying<'gradient'>
  /** Give your weights once you hold version `step`. */
  | { readonly kind: 'collect'; readonly step: number }
  /** Admit so many micro-batches from now on. */
  | { readonly kind: 'window'; readonly window: number }
  /** To the last node alone, before the activation that they belong to; the first `samples` rows count. */
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
  | Carrying<'gradient', PackedTensor>
  | { readonly kind: 'collect'; readonly step: number }
  /** The backward of the model's first layer is done. */
  | { readonly kind: 'done'; readonly step: number; readonly micro: number }
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
  /** A safetensors file of the stage's weights at version `step`. */
  | { readonly kind: 'weights'; readonly step: number; readonly file: Uint8Array }
  | {
      readonly kind: 'fault';
      readonly step: number;
      readonly micro: number;
      readonly layer: string;
      readonly message: string;
      readonly remedy?: string;
    };
