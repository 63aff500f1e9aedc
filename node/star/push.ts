// What a worker of a star sends of its gradient: piece by piece, thinned by the filter, narrowed by the wire's dtype.

import { learningRateOf } from '../../compute/optimizers.js';
import type { OptimizerSpec } from '../../compute/specs.js';
import { type PackedTensor, packTensor, valuesIn } from '../../protocol/packed-tensor.js';
import type { Wire } from '../../protocol/wire-dtypes.js';
import type { Ledger } from '../emulation.js';
import { createFilter, type GradientFilter, type Selection } from '../gradient-filter.js';
import type { Piece } from '../pieces.js';
import { searchCost, takeCost } from './exchange-costs.js';
import type { StarPart } from './part.js';

export interface PackedPiece {
  readonly packed: PackedTensor;
  /** Values in it: all of the piece's, or those that the filter chose. */
  readonly entries: number;
  readonly isSparse: boolean;
  /** The first finite value that the dtype cannot hold, if any. */
  readonly lost: number | null;
}

export interface PushOptions {
  readonly part: StarPart;
  /** As the run asks for it, whoever descends. */
  readonly optimizer: OptimizerSpec;
  /** Of the whole gradient. */
  readonly elements: number;
  readonly wire: Wire;
  readonly activity: Ledger;
}

export class Push {
  private readonly filter: GradientFilter;
  private readonly learningRateAt: (step: number) => number;

  constructor(private readonly options: PushOptions) {
    this.filter = createFilter(options.part.filter, options.elements);
    this.learningRateAt = learningRateOf(options.optimizer);
  }

  /**
   * @param values sums over the share, a view that is only read
   * @param clock of the push
   */
  pack(piece: Piece, values: Float32Array, clock: number): PackedPiece {
    const { activity, part } = this.options;
    const select = () => this.filter.select(piece, values, this.changePerUnit(clock));
    const isAll = part.filter.type === 'none';
    const chosen = isAll ? null : activity.during('serialise', select, searchCost(part.filter, values.length));
    const cost = takeCost(part.filter, (chosen?.values ?? values).length);
    return activity.during('serialise', () => this.packChosen(piece, values, chosen), cost);
  }

  private packChosen(piece: Piece, values: Float32Array, chosen: Selection | null): PackedPiece {
    const dtype = this.options.wire.gradients;
    if (chosen === null) return { ...packTensor(values, dtype), entries: values.length, isSparse: false };
    const packing = packTensor(chosen.values, dtype, chosen.index);
    const entries = chosen.values.length;
    if (dtype !== 'f32') this.filter.keepRounding(piece, chosen, valuesIn(packing.packed, [entries], dtype, true));
    return { ...packing, entries, isSparse: true };
  }

  /**
   * Under `bsp` a sum over all shares is divided by the samples of the step; otherwise one share's by its own, but its
   * rate is in proportion to them. Pushes of local steps are changes already, times the samples of the share.
   */
  private changePerUnit(clock: number): number {
    const { localSteps, firstStep, samplesOfStep } = this.options.part;
    return (localSteps > 1 ? 1 : this.learningRateAt(firstStep + clock)) / samplesOfStep;
  }
}
