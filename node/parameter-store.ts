// The paper's parameter store: this stage's weights, their gradients and the optimizer's state, used
// only inside the node. It counts weight versions: version t exists after t updates, and the schedule
// says how many of them are held at once.

import { initializeLayer } from '../compute/initializers.js';
import type { Kernels } from '../compute/kernels.js';
import type { GradientTarget, Layer, Pass } from '../compute/layer.js';
import type { Optimizer } from '../compute/optimizers.js';
import { Arena, floatsOf, type Tensor } from '../compute/tensor.js';

interface LayerParameters {
  readonly layer: Layer;
  /** Version t is `versions[t % versionsHeld]`. */
  readonly versions: readonly (readonly Tensor[])[];
  /** None where backward adds to the weights itself. */
  readonly gradients: readonly Tensor[];
  /** Optimizer state: one list of slots for each parameter. */
  readonly slots: readonly (readonly Tensor[])[];
}

/** The whole stage as one vector each, in the order of the layers, padded between tensors: how a star sends it. */
export interface ParameterVectors {
  /** Of the newest version. */
  readonly weights: Tensor;
  readonly gradients: Tensor;
  readonly slots: readonly Tensor[];
}

/** A weight, its gradient and the optimizer's state. */
export interface WholeTensor {
  readonly weight: Tensor;
  readonly gradient: Tensor;
  readonly slots: readonly Tensor[];
}

/** What the gradient over the batch is multiplied by when backward adds it to the weights of version `step`. */
export type FusedScale = (step: number) => number;

export interface NamedTensor {
  /** `dense_3/kernel`, as Keras names it. */
  readonly name: string;
  readonly tensor: Tensor;
}

export interface StoreOptions {
  /** Weight versions held at once. */
  readonly versionsHeld: 1 | 2;
  /** Not null where backward updates the weights itself. */
  readonly fusedScale: FusedScale | null;
}

const PLAIN: StoreOptions = { versionsHeld: 1, fusedScale: null };

export class ParameterStore {
  private readonly entries: readonly LayerParameters[];
  private readonly versionsHeld: 1 | 2;
  private readonly fusedScale: FusedScale | null;
  private currentVersion = 0;

  /** Takes its memory from the arena; the weights are zero until `initialize`. */
  constructor(
    arena: Arena,
    layers: readonly Layer[],
    private readonly optimizer: Optimizer,
    { versionsHeld, fusedScale }: StoreOptions = PLAIN,
  ) {
    this.versionsHeld = versionsHeld;
    this.fusedScale = fusedScale;
    this.entries = allocate(arena, layers, optimizer.slots, versionsHeld, fusedScale === null);
  }

  /** How many updates the newest weights have seen. */
  get version(): number {
    return this.currentVersion;
  }

  /** Draws the initial weights: a function of the seed and each layer's index in the whole model. */
  initialize(seed: number): void {
    this.currentVersion = 0;
    for (const [index, { layer }] of this.entries.entries()) initializeLayer(layer, this.weights(index), seed);
  }

  /**
   * @param index of the layer within the stage
   * @param version the newest unless told
   * @throws RangeError when that version is not held, or not yet
   */
  weights(index: number, version = this.currentVersion): readonly Tensor[] {
    if (version > this.currentVersion || version < 0 || version <= this.currentVersion - this.versionsHeld) {
      throw new RangeError(`weight version ${version} is not held at version ${this.currentVersion}`);
    }
    return (this.entries[index] as LayerParameters).versions[version % this.versionsHeld] as readonly Tensor[];
  }

  /**
   * Where backward leaves a layer's gradients: sums over the micro-batches of the step under way, which its
   * first one begins; or, in a fused update, the weights.
   */
  target(index: number, { continues }: Pass): GradientTarget {
    const { gradients } = this.entries[index] as LayerParameters;
    if (this.fusedScale === null) return { tensors: gradients, scale: 1, keep: continues };
    return { tensors: this.weights(index), scale: this.fusedScale(this.currentVersion), keep: true };
  }

  /**
   * One optimizer step, from version t to t + 1, wherever the gradients were taken; after a fused update it
   * only counts. Where two versions are held, t + 1 takes the place of t - 1.
   * @param batch samples over which the gradients were summed
   */
  update(kernels: Kernels, batch: number): void {
    if (this.fusedScale === null) this.descend(kernels, batch);
    this.currentVersion++;
  }

  private descend(kernels: Kernels, batch: number): void {
    for (const [index, { versions, gradients, slots }] of this.entries.entries()) {
      const current = this.weights(index);
      const next = versions[(this.currentVersion + 1) % this.versionsHeld] as readonly Tensor[];
      for (const [parameter, weight] of next.entries()) {
        const gradient = gradients[parameter] as Tensor;
        if (next !== current) floatsOf(weight).set(floatsOf(current[parameter] as Tensor));
        this.optimizer.update(kernels, weight, gradient, slots[parameter] ?? [], this.currentVersion, batch);
      }
    }
  }

  /** Views that stay; null for a stage without parameters, or where no gradients are kept. */
  vectors(): ParameterVectors | null {
    const slots = Array.from({ length: this.optimizer.slots }, (_, slot) => {
      return Arena.span(this.entries.flatMap(({ slots }) => slots.map((each) => each[slot] as Tensor)));
    });
    const weights = Arena.span(this.entries.flatMap((_, index) => this.weights(index)));
    const gradients = Arena.span(this.entries.flatMap((entry) => entry.gradients));
    return weights && gradients && { weights, gradients, slots: slots as Tensor[] };
  }

  /** The same, tensor by tensor. */
  wholeTensors(): WholeTensor[] {
    return this.entries.flatMap(({ gradients, slots }, index) => {
      return this.weights(index).map((weight, at) => {
        return { weight, gradient: gradients[at] as Tensor, slots: slots[at] as readonly Tensor[] };
      });
    });
  }

  /** Of the newest version. */
  namedWeights(): NamedTensor[] {
    return this.entries.flatMap(({ layer }, index) => {
      return this.weights(index).map((tensor, parameter) => ({
        name: `${layer.name}/${layer.parameters[parameter]?.name}`,
        tensor,
      }));
    });
  }

  /**
   * All that the stage goes on from: the newest weights, those before where both are held, the optimizer's state.
   * Gradients under way are not: the step that they belong to is computed again.
   */
  state(): NamedTensor[] {
    const hasPrevious = this.versionsHeld === 2 && this.currentVersion > 0;
    return this.entries.flatMap(({ layer, slots }, index) => {
      const newest = this.weights(index);
      const previous = hasPrevious ? this.weights(index, this.currentVersion - 1) : [];
      return newest.flatMap((tensor, parameter) => {
        const name = `${layer.name}/${layer.parameters[parameter]?.name}`;
        const before = previous
          .slice(parameter, parameter + 1)
          .map((each) => ({ name: `${name}@previous`, tensor: each }));
        const state = (slots[parameter] ?? []).map((each, slot) => ({ name: `${name}@slot${slot}`, tensor: each }));
        return [{ name, tensor }, ...before, ...state];
      });
    });
  }

  /**
   * Goes back, or on, to a version whose `state` was kept.
   * @param valuesOf a tensor of that state
   */
  restore(version: number, valuesOf: (tensor: NamedTensor) => Float32Array): void {
    this.currentVersion = version;
    for (const each of this.state()) floatsOf(each.tensor).set(valuesOf(each));
  }

  /** The first parameter that holds a value which is not a finite number, if any. */
  findNonFinite(): string | null {
    return this.namedWeights().find(({ tensor }) => !floatsOf(tensor).every(Number.isFinite))?.name ?? null;
  }
}

/** One kind after the other, so that each is a vector of its own. */
function allocate(
  arena: Arena,
  layers: readonly Layer[],
  slotsEach: number,
  versionsHeld: number,
  keepsGradients: boolean,
): LayerParameters[] {
  const row = () => layers.map(({ parameters }) => parameters.map(({ shape }) => arena.tensor(shape)));
  const versions = Array.from({ length: versionsHeld }, row);
  const gradients = keepsGradients ? row() : layers.map(() => []);
  const slots = Array.from({ length: slotsEach }, row);
  return layers.map((layer, index) => ({
    layer,
    versions: versions.map((version) => version[index] as Tensor[]),
    gradients: gradients[index] as Tensor[],
    slots: layer.parameters.map((_, parameter) => slots.map((slot) => slot[index]?.[parameter] as Tensor)),
  }));
}
