// Does the model suit the data and the loss? Asked before any board is bothered.

import { lossOf } from '../compute/loss.js';
import { buildModel, checkLoss } from '../compute/model.js';
import type { LossName } from '../compute/specs.js';
import type { DataSource } from '../data/data-source.js';
import { ConfigurationError } from '../errors.js';
import type { RunSpec } from '../protocol/run-spec.js';

/** @throws ConfigurationError naming what does not suit what */
export function checkModel({ model, seed, loss }: RunSpec, { name, train, classNames }: DataSource): void {
  checkLoss(loss, model.layers);
  const layers = buildModel({ inputShape: train.sampleShape, layers: model.layers, seed });
  const output = layers.at(-1)?.outputShape ?? train.sampleShape;
  const wanted = lossOf(loss).targetShape(output);
  if (wanted.join() !== train.targetShape.join()) {
    throw new ConfigurationError(
      `the model's outputs have shape [${output.join(', ')}], but ${name} has targets of shape [${train.targetShape.join(', ')}]`,
      { remedy: `Give the last dense layer the units that ${loss} needs for such targets.` },
    );
  }
  if (loss === 'softmaxCrossEntropy') checkClasses(output[0] ?? 0, name, classNames);
  else if (classNames !== undefined) checkNumbers(loss, name, classNames.length);
}

function checkClasses(units: number, name: string, classNames: readonly string[] | undefined): void {
  if (classNames === undefined) {
    throw new ConfigurationError(`softmaxCrossEntropy needs classes, but ${name} has numbers as targets`, {
      remedy: 'Use the loss meanSquaredError, or set data.task to classification.',
    });
  }
  if (units >= classNames.length) return;
  throw new ConfigurationError(`the model tells ${units} classes apart, but ${name} has ${classNames.length}`, {
    remedy: `Give the last dense layer ${classNames.length} units.`,
  });
}

/** A class's index is a number only where there are two: no and yes. */
function checkNumbers(loss: LossName, name: string, classes: number): void {
  if (loss === 'binaryCrossEntropy' && classes === 2) return;
  const takes = loss === 'binaryCrossEntropy' ? 'exactly 2 classes' : 'numbers as targets';
  throw new ConfigurationError(`${loss} takes ${takes}, but ${name} has ${classes} classes`, {
    remedy: 'Use the loss softmaxCrossEntropy, or set data.task to regression where the targets are numbers.',
  });
}
