// The paper's parameter store: this stage's weights, their gradients and the optimizer's state, used
// only inside the node. It counts weight versions: version t exists after t updates.

import { initializeLayer } from '../compute/initializers.js';
import type { Kernels } from '../compute/kernels.js';
import type { GradientTarget, Layer, Pass } from '../compute/layer.js';
import type { Optimizer } from '../compute/optimizers.js';
import { type Arena, floatsOf, type Tensor } from '../compute/tensor.js';

interface LayerParameters {
  readonly layer: Layer;
  readonly weights: readonly Tensor[];
  /** None where backward adds to the weights itself. */
  readonly gradients: readonly Tensor[];
  /** Optimizer state: one list of slots for each parameter. */
  readonly slots: readonly (readonly Tensor[])[];
}

/** What the gradient over the batch is multiplied by when backward adds it to the weights of version `step`. */
export type FusedScale = (step: number) => number;

export interface NamedTensor {
  /** `dense_3/kernel`, as Keras names it. */
  readonly name: string;
  readonly tensor: Tensor;
}

export class ParameterStore {
  private readonly entries: readonly LayerParameters[];
  private currentVersion = 0;

  /** Takes its memory from the arena; the weights are zero until `initialize`. */
  constructor(
    arena: Arena,
    layers: readonly Layer[],
    private readonly optimizer: Optimizer,
    private readonly fusedScale: FusedScale | null = null,
  ) {
    this.entries = layers.map((layer) => allocate(arena, layer, optimizer.slots, fusedScale === null));
  }

  /** How many updates these weights have seen. */
  get version(): number {
    return this.currentVersion;
  }

  /** Draws the initial weights: a function of the seed and each layer's index in the whole model. */
  initialize(seed: number): void {
    for (const { layer, weights } of this.entries) initializeLayer(layer, weights, seed);
    this.currentVersion = 0;
  }

  /** @param index of the layer within the stage */
  weights(index: number): readonly Tensor[] {
    return (this.entries[index] as LayerParameters).weights;
  }

  /**
   * Where backward leaves a layer's gradients: sums over the micro-batches of the step under way, which its
   * first one begins; or, in a fused update, the weights.
   */
  target(index: number, { sample }: Pass): GradientTarget {
    const { weights, gradients } = this.entries[index] as LayerParameters;
    if (this.fusedScale === null) return { tensors: gradients, scale: 1, keep: sample > 0 };
    return { tensors: weights, scale: this.fusedScale(this.currentVersion), keep: true };
  }

  /**
   * One optimizer step, from version t to t + 1; after a fused update it only counts.
   * @param batch samples over which the gradients were summed
   */
  update(kernels: Kernels, batch: number): void {
    if (this.fusedScale === null) this.descend(kernels, batch);
    this.currentVersion++;
  }

  private descend(kernels: Kernels, batch: number): void {
    for (const { weights, gradients, slots } of this.entries) {
      for (const [parameter, weight] of weights.entries()) {
        const gradient = gradients[parameter] as Tensor;
        this.optimizer.update(kernels, weight, gradient, slots[parameter] ?? [], this.currentVersion, batch);
      }
    }
  }

  namedWeights(): NamedTensor[] {
    return this.entries.flatMap(({ layer, weights }) => {
      return weights.map((tensor, parameter) => ({
        name: `${layer.name}/${layer.parameters[parameter]?.name}`,
        tensor,
      }));
    });
  }

  /** The first parameter that holds a value which is not a finite number, if any. */
  findNonFinite(): string | null {
    return this.namedWeights().find(({ tensor }) => !floatsOf(tensor).every(Number.isFinite))?.name ?? null;
  }
}

function allocate(arena: Arena, layer: Layer, slotsEach: number, keepsGradients: boolean): LayerParameters {
  const tensors = () => layer.parameters.map(({ shape }) => arena.tensor(shape));
  return {
    layer,
    weights: tensors(),
    gradients: keepsGradients ? tensors() : [],
    slots: layer.parameters.map(({ shape }) => Array.from({ length: slotsEach }, () => arena.tensor(shape))),
  };
}
