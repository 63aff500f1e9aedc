// Metrics, counted on the outputs as they leave the model. They return sums over samples, so that parts of
// an evaluation set add up; whoever reports them divides by the number of samples.

import { ConfigurationError } from '../errors.js';
import type { LossName, MetricName } from './specs.js';

export interface Metric {
  readonly name: MetricName;
  /**
   * `outputs` and `targets` hold the same `samples` samples, row-major. Never NaN for accuracy: a sample
   * whose outputs are not numbers counts as wrong.
   */
  sum(outputs: Float32Array, targets: Float32Array, samples: number): number;
}

/**
 * Accuracy means what the loss makes of the outputs: classes or yes-and-no.
 *
 * @throws ConfigurationError when the metric says nothing under this loss
 */
export function metricOf(name: MetricName, loss: LossName): Metric {
  const sum = name === 'accuracy' ? accuracySum(loss) : absoluteErrorSum(loss);
  return { name, sum };
}

function accuracySum(loss: LossName): Metric['sum'] {
  if (loss === 'softmaxCrossEntropy') return countLargestAtLabel;
  if (loss === 'binaryCrossEntropy') return sumOfSharesOnTheRightSide;
  throw new ConfigurationError(`accuracy needs a loss that classifies, got ${loss}`, {
    remedy: 'Use the metric mae, or train with softmaxCrossEntropy or binaryCrossEntropy.',
  });
}

function absoluteErrorSum(loss: LossName): Metric['sum'] {
  if (loss === 'meanSquaredError') return sumOfMeanAbsoluteErrors;
  throw new ConfigurationError(`mae compares outputs with targets, but the outputs under ${loss} are logits`, {
    remedy: 'Use the metric accuracy, or train with meanSquaredError.',
  });
}

/** `outputs`: `[samples, classes]` logits; `targets`: `[samples, 1]` class indices. */
function countLargestAtLabel(outputs: Float32Array, targets: Float32Array, samples: number): number {
  const classes = outputs.length / samples;
  let correct = 0;
  for (let sample = 0; sample < samples; sample++) {
    const row = outputs.subarray(sample * classes, (sample + 1) * classes);
    if (isLargest(row, targets[sample]!)) correct++;
  }
  return correct;
}

/** Whether argmax would choose `label`: of equals the first. False as soon as a NaN is among the logits. */
function isLargest(logits: Float32Array, label: number): boolean {
  const candidate = logits[label]!;
  return logits.every((logit, index) => (index < label ? candidate > logit : candidate >= logit));
}

/** Per sample the share of outputs on the right side of 0, which is 1 or 0 for a single output. */
function sumOfSharesOnTheRightSide(outputs: Float32Array, targets: Float32Array, samples: number): number {
  let right = 0;
  for (let i = 0; i < outputs.length; i++) {
    const logit = outputs[i]!;
    if (targets[i]! > 0.5 ? logit > 0 : logit <= 0) right++;
  }
  return right / (outputs.length / samples);
}

/** Per sample the mean of |y - t|. */
function sumOfMeanAbsoluteErrors(outputs: Float32Array, targets: Float32Array, samples: number): number {
  let total = 0;
  for (let i = 0; i < outputs.length; i++) total += Math.abs(outputs[i]! - targets[i]!);
  return total / (outputs.length / samples);
}
