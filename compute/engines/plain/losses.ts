// Losses of logits or outputs, one number a row, with their gradients.

import { floatsOf, type Tensor } from '../../tensor.js';
import { checkLoss, columnsOf, rowsOf } from '../shapes.js';
import { largest, logistic, softmaxRow } from './activations.js';
import { rowOf, zip } from './rows.js';

/** `losses = -log(softmax(logits)[label])`, `dX = softmax(logits) - onehot(label)`; a label that is no class gives NaN. */
export function softmaxCrossEntropy(losses: Tensor, dX: Tensor, logits: Tensor, labels: Tensor): void {
  checkLoss('softmaxCrossEntropy', losses, dX, logits, labels, 1);
  const [lossOf, labelOf] = [floatsOf(losses), floatsOf(labels)];
  for (let i = 0; i < rowsOf(logits); i++) {
    const [z, gradient] = [rowOf(logits, i), rowOf(dX, i)];
    const label = labelOf[i] as number;
    const known = Number.isInteger(label) && label >= 0 && label < z.size;
    lossOf[i] = known ? logOfSum(z) - z.get(label) : Number.NaN;
    softmaxRow(gradient, z);
    if (known) gradient.set(label, gradient.get(label) - 1);
    else gradient.set(0, Number.NaN);
  }
}

/** `log(sum of exp(z))` */
function logOfSum(z: Tensor): number {
  const most = largest(z);
  let sum = 0;
  for (let j = 0; j < z.size; j++) sum += Math.exp(z.get(j) - most);
  return most + Math.log(sum);
}

/** `loss = max(z, 0) - z t + log(1 + exp(-|z|))`, which is exact for large |z|; `dX = (sigmoid(z) - t) / n`. */
export function binaryCrossEntropy(losses: Tensor, dX: Tensor, logits: Tensor, targets: Tensor): void {
  const n = columnsOf(logits);
  checkLoss('binaryCrossEntropy', losses, dX, logits, targets, n);
  meanOfRows(losses, logits, targets, (z, t) => Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z))));
  zip(dX, logits, targets, (z, t) => (logistic(z) - t) / n);
}

/** `loss = mean of (y - t)²`, `dX = 2 (y - t) / n` */
export function meanSquaredError(losses: Tensor, dX: Tensor, outputs: Tensor, targets: Tensor): void {
  const n = columnsOf(outputs);
  checkLoss('meanSquaredError', losses, dX, outputs, targets, n);
  meanOfRows(losses, outputs, targets, (y, t) => (y - t) ** 2);
  zip(dX, outputs, targets, (y, t) => (2 * (y - t)) / n);
}

function meanOfRows(losses: Tensor, outputs: Tensor, targets: Tensor, f: (y: number, t: number) => number): void {
  const [lossOf, Y, T, n] = [floatsOf(losses), floatsOf(outputs), floatsOf(targets), columnsOf(outputs)];
  for (let i = 0; i < lossOf.length; i++) {
    let sum = 0;
    for (let j = i * n; j < (i + 1) * n; j++) sum += f(Y[j] as number, T[j] as number);
    lossOf[i] = sum / n;
  }
}
