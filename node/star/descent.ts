// How the server of a star changes its weights: gathers what was pushed into the gradient vector, and takes one
// optimizer step of a piece, or of all tensors where clipping needs them whole.

import { updateCost } from '../../compute/cost.js';
import type { Kernels } from '../../compute/kernels.js';
import type { Optimizer } from '../../compute/optimizers.js';
import type { OptimizerSpec } from '../../compute/specs.js';
import { Arena, floatsOf, type Tensor } from '../../compute/tensor.js';
import { ComputeError } from '../../errors.js';
import type { Ledger } from '../emulation.js';
import type { ParameterVectors, WholeTensor } from '../parameter-store.js';
import { type Piece, piecesOf } from '../pieces.js';
import { gatherCost } from './exchange-costs.js';
import { needsWhole, type StarPart } from './part.js';

/** Piece `micro` of a worker's push. */
export interface PushedPiece {
  readonly from: number;
  /** Its clock. */
  readonly step: number;
  readonly micro: number;
  /** Sums over the samples of the worker's share. */
  readonly data: Float32Array;
  /** Where they belong in the piece, unless they are all of it. */
  readonly index?: Uint16Array | undefined;
}

export interface DescentOptions {
  readonly part: StarPart;
  /** As the run asks for it. */
  readonly optimizer: OptimizerSpec;
  readonly vectors: ParameterVectors;
  /** The same, tensor by tensor. */
  readonly tensors: readonly WholeTensor[];
  readonly kernels: Kernels;
  readonly activity: Ledger;
}

export class Descent {
  readonly pieces: readonly Piece[];
  /** Clipping by norm needs the gradient of a whole tensor. */
  readonly isWhole: boolean;

  constructor(private readonly options: DescentOptions) {
    const { vectors, optimizer, part } = options;
    this.pieces = piecesOf(vectors.weights.size);
    this.isWhole = needsWhole(optimizer, part);
  }

  /** Writes a push into the piece's gradient, or adds it. @throws ComputeError naming the worker if that is not finite */
  gather({ from, step, micro, data, index }: PushedPiece, adds: boolean): void {
    const { vectors, kernels, activity } = this.options;
    const { start, end } = this.pieces[micro] as Piece;
    const tensor = Arena.slice(vectors.gradients, start, end);
    const gradient = floatsOf(tensor);
    const squares = activity.during(
      'update',
      () => {
        if (adds) addInto(gradient, data, index);
        else setInto(gradient, data, index);
        return kernels.sumOfSquares(tensor);
      },
      gatherCost({ elements: end - start, entries: data.length, isSparse: index !== undefined, adds }),
    );
    if (Number.isFinite(squares)) return;
    throw new ComputeError(`the gradient of worker ${from} is not finite in piece ${micro} of its clock ${step}`);
  }

  /** For a piece that has other samples in it than the rest. */
  scale(piece: number, factor: number): void {
    if (factor === 1) return;
    const { start, end } = this.pieces[piece] as Piece;
    const gradient = floatsOf(this.options.vectors.gradients).subarray(start, end);
    for (let i = 0; i < gradient.length; i++) gradient[i] = factor * (gradient[i] as number);
  }

  /** One optimizer step of a piece. @param samples over which its gradient was summed */
  update(piece: number, optimizer: Optimizer, step: number, samples: number): void {
    const { vectors, kernels, activity } = this.options;
    const { start, end } = this.pieces[piece] as Piece;
    const part = (vector: Tensor) => Arena.slice(vector, start, end);
    const slots = vectors.slots.map(part);
    const work = () => optimizer.update(kernels, part(vectors.weights), part(vectors.gradients), slots, step, samples);
    activity.during('update', work, updateCost(end - start, optimizer));
  }

  /** The same for all tensors at once. */
  updateWhole(optimizer: Optimizer, step: number, samples: number): void {
    const { tensors, kernels, vectors, activity } = this.options;
    const work = () => {
      for (const { weight, gradient, slots } of tensors) {
        optimizer.update(kernels, weight, gradient, slots, step, samples);
      }
    };
    activity.during('update', work, updateCost(vectors.weights.size, optimizer));
  }
}

function setInto(gradient: Float32Array, data: Float32Array, index: Uint16Array | undefined): void {
  if (index === undefined) gradient.set(data);
  else {
    gradient.fill(0);
    for (let i = 0; i < index.length; i++) gradient[index[i] as number] = data[i] as number;
  }
}

function addInto(gradient: Float32Array, data: Float32Array, index: Uint16Array | undefined): void {
  if (index === undefined) {
    for (let i = 0; i < data.length; i++) gradient[i] = (gradient[i] as number) + (data[i] as number);
  } else {
    for (let i = 0; i < index.length; i++) {
      const place = index[i] as number;
      gradient[place] = (gradient[place] as number) + (data[i] as number);
    }
  }
}
