// Random blobs, frames and names for the property tests of the wire.

import fc from 'fast-check';
import { FRAME_KINDS, type Frame, TIMINGS } from '../../protocol/frame.js';
import { DTYPE_BYTES, type Dtype, type Safetensors, type StoredTensor } from '../../protocol/safetensors.js';

/** What a fleet, a board or a run may be called. */
export const aName = fc.stringMatching(/^[a-z0-9][a-z0-9_-]{0,62}$/);

export const aDtype = fc.constantFrom(...(Object.keys(DTYPE_BYTES) as Dtype[]));

const aMetadata = fc.dictionary(fc.string(), fc.string(), { maxKeys: 5 });

/** Extents may be 0, and there may be none: a scalar. */
const aTensor = fc
  .record({ dtype: aDtype, shape: fc.array(fc.nat({ max: 5 }), { maxLength: 4 }) })
  .chain(({ dtype, shape }) => {
    const length = shape.reduce((product, extent) => product * extent, DTYPE_BYTES[dtype]);
    const bytes = fc.uint8Array({ minLength: length, maxLength: length });
    return fc.record({ name: aTensorName, dtype: fc.constant(dtype), shape: fc.constant(shape), bytes });
  });

const RESERVED = ['__metadata__', '__proto__'];
const aTensorName = fc.string().filter((name) => !RESERVED.includes(name));

export const aSafetensors: fc.Arbitrary<Safetensors> = fc.record({
  metadata: aMetadata,
  tensors: fc.uniqueArray(aTensor as fc.Arbitrary<StoredTensor>, { selector: ({ name }) => name, maxLength: 4 }),
});

const aFrameTensor = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }).chain((shape) => {
  const length = shape.reduce((product, extent) => product * extent, 1);
  return fc.record({ shape: fc.constant(shape), data: fc.float32Array({ minLength: length, maxLength: length }) });
});

/** Of up to as many values as a piece has places. */
export const aSparseTensor = fc.uniqueArray(fc.nat({ max: 0xffff }), { maxLength: 130 }).chain((places) => {
  const length = places.length;
  return fc.record({
    shape: fc.constant([length]),
    data: fc.float32Array({ minLength: length, maxLength: length }),
    index: fc.constant(Uint16Array.from(places).sort()),
  });
});

/** Milliseconds, to the microsecond; a lag is the difference of two clocks. */
const aTiming = fc.constantFrom(...TIMINGS).chain((name) => {
  const microseconds = fc.integer({ min: name === 'lag' ? -1e9 : 0, max: 1e12 });
  return microseconds.map((time) => [name, Number((time / 1000).toFixed(3))] as const);
});
const someTimings = fc
  .uniqueArray(aTiming, { selector: ([name]) => name, minLength: 1 })
  .map((entries) => Object.fromEntries(entries));

export const aFrame: fc.Arbitrary<Frame> = fc.record(
  {
    run: aName,
    generation: fc.nat(),
    step: fc.nat(),
    micro: fc.nat(),
    kind: fc.constantFrom(...FRAME_KINDS),
    localSteps: fc.nat(),
    basis: fc.nat(),
    until: fc.nat(),
    tensor: fc.option(fc.oneof(aFrameTensor, aSparseTensor)),
    timing: someTimings,
  },
  { requiredKeys: ['run', 'generation', 'step', 'micro', 'kind', 'tensor'] },
) as fc.Arbitrary<Frame>;

/** The same bytes behind `shift` others: a payload as a packet parser hands it out. */
export function shifted(bytes: Uint8Array, shift: number): Uint8Array {
  const packet = new Uint8Array(bytes.length + shift);
  packet.set(bytes, shift);
  return packet.subarray(shift);
}
