// Initial weights, as Keras draws them. They are a function of (seed, layer index, parameter index, element),
// so every board draws its own, no weights are sent at the start, and the split does not matter.

import type { Layer, ParameterSpec } from './layer.js';
import { fillNormal, fillUniform } from './random.js';
import { floatsOf, type Shape, type Tensor } from './tensor.js';

/** Writes the initial weights of a layer; `weights` in the order of `layer.parameters`. */
export function initializeLayer(layer: Layer, weights: readonly Tensor[], seed: number): void {
  for (const [parameter, spec] of layer.parameters.entries()) {
    initialize(floatsOf(weights[parameter]!), spec, seed, layer.index, parameter);
  }
}

/** Fills `target`, which has `shape`; `layer` is the index in the whole model, `parameter` the one within the layer. */
export function initialize(
  target: Float32Array,
  { shape, initializer }: ParameterSpec,
  seed: number,
  layer: number,
  parameter: number,
): void {
  const { fanIn, fanOut } = fansOf(shape);
  switch (initializer) {
    case 'glorotUniform': // Glorot and Bengio 2010, equation 16
      fillUniform(target, Math.sqrt(6 / (fanIn + fanOut)), seed, layer, parameter);
      break;
    case 'heNormal': // He et al. 2015, equation 10; truncated at two sigma
      fillNormal(target, Math.sqrt(2 / fanIn), seed, layer, parameter);
      break;
    case 'zeros':
      target.fill(0);
  }
}

/** A kernel is `[in, out]`; a vector counts as both, as in Keras. */
function fansOf(shape: Shape): { fanIn: number; fanOut: number } {
  return { fanIn: shape[0] ?? 1, fanOut: shape.at(-1) ?? 1 };
}
