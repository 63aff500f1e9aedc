// What is said when a node computed a value that its run's wire dtype cannot hold.

import { LARGEST, type TensorKind, type Wire, wireDtypeOf, wireKeyOf } from '../protocol/wire-dtypes.js';

export interface WireFault {
  readonly message: string;
  readonly remedy: string;
}

/** @param value finite, beyond the largest that the dtype has */
export function lostOnTheWire(value: number, kind: TensorKind, wire: Wire): WireFault {
  const dtype = wireDtypeOf(kind, wire);
  return {
    message: `a value of ${value} is to be sent as ${dtype}, which holds at most ${LARGEST[dtype]}`,
    remedy: remedyFor(`wire.${wireKeyOf(kind)}`, dtype),
  };
}

function remedyFor(key: string, dtype: string): string {
  const wider = dtype === 'f16' ? 'bf16 or f32' : 'f32';
  return `Set ${key} to ${wider}, or keep the values small: normalise the data, lower the learning rate.`;
}
