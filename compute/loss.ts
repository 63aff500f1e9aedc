// Losses: one number per sample and the gradient of the outputs, undivided by the batch (the optimizer does
// that once, for the whole batch). Softmax and sigmoid are fused into their losses, which take logits.

import { ConfigurationError } from '../errors.js';
import type { Kernels } from './kernels.js';
import type { LossName } from './specs.js';
import type { Shape, Tensor } from './tensor.js';
import { asRows } from './views.js';

export interface Loss {
  readonly name: LossName;
  /**
   * Shape of one sample's target, from the shape of its output.
   *
   * @throws ConfigurationError when the loss cannot take such outputs
   */
  targetShape(outputShape: Shape): Shape;
  /**
   * `losses`: `[batch]`; `dX` as `outputs`: `[batch, ...outputShape]`; `targets`: `[batch, ...targetShape]`.
   * Both results are per sample: sums over the batch are the caller's.
   */
  compute(kernels: Kernels, losses: Tensor, dX: Tensor, outputs: Tensor, targets: Tensor): void;
}

/** Targets are class indices, shape `[1]`; outputs are logits, one per class. */
const softmaxCrossEntropy: Loss = {
  name: 'softmaxCrossEntropy',

  targetShape(outputShape) {
    if (outputShape.length !== 1) {
      throw new ConfigurationError(
        `softmaxCrossEntropy takes outputs of shape [classes], got [${outputShape.join(', ')}]`,
        { remedy: 'End the model with flatten and a dense layer with one unit per class.' },
      );
    }
    return [1];
  },

  compute(kernels, losses, dX, outputs, targets) {
    kernels.softmaxCrossEntropy(losses, dX, outputs, targets);
  },
};

/** Targets between 0 and 1, as many as outputs; outputs are logits. */
const binaryCrossEntropy: Loss = {
  name: 'binaryCrossEntropy',
  targetShape: (outputShape) => outputShape,

  compute(kernels, losses, dX, outputs, targets) {
    const rows = losses.size;
    kernels.binaryCrossEntropy(losses, asRows(dX, rows), asRows(outputs, rows), asRows(targets, rows));
  },
};

const meanSquaredError: Loss = {
  name: 'meanSquaredError',
  targetShape: (outputShape) => outputShape,

  compute(kernels, losses, dX, outputs, targets) {
    const rows = losses.size;
    kernels.meanSquaredError(losses, asRows(dX, rows), asRows(outputs, rows), asRows(targets, rows));
  },
};

const LOSSES: Readonly<Record<LossName, Loss>> = { softmaxCrossEntropy, binaryCrossEntropy, meanSquaredError };

export function lossOf(name: LossName): Loss {
  return LOSSES[name];
}
