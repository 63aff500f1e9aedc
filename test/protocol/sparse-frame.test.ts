// Sparse tensors in frames: values with their places, from any alignment, and a name for what is wrong with them.

import { expect } from 'chai';
import fc from 'fast-check';
import { decodeFrame, encodeFrame, type FrameTensor, type OutgoingTensor } from '../../protocol/frame.js';
import { packTensor, valuesIn } from '../../protocol/packed-tensor.js';
import {
  DTYPE_BYTES,
  decodeSafetensors,
  encodeSafetensors,
  type StoredTensor,
  type TensorEntry,
} from '../../protocol/safetensors.js';
import { WIRE_DTYPES, wireBytes } from '../../protocol/wire-dtypes.js';
import { aSparseTensor, shifted } from './arbitraries.js';
import { blamedField } from './blobs.js';

const KEY = { run: 'digits', generation: 2, kind: 'gradient', step: 7, micro: 3 } as const;
const METADATA = { run: 'digits', generation: '2', kind: 'gradient', step: '7', micro: '3' };

function encode(tensor: OutgoingTensor): Uint8Array {
  return encodeFrame({ ...KEY, tensor });
}

function decode(blob: Uint8Array): FrameTensor {
  return decodeFrame(blob).tensor as FrameTensor;
}

const floats = (...values: number[]): StoredTensor => stored('data', 'F32', Float32Array.from(values));
const places = (...values: number[]): StoredTensor => stored('index', 'U16', Uint16Array.from(values));

function stored(name: string, dtype: TensorEntry['dtype'], { buffer, length }: Float32Array | Uint16Array) {
  return { name, dtype, shape: [length], bytes: new Uint8Array(buffer as ArrayBuffer) };
}

function decodeTensors(...tensors: StoredTensor[]): FrameTensor {
  return decode(encodeSafetensors({ metadata: METADATA, tensors }));
}

describe('a sparse frame', () => {
  it('comes back in each dtype, from any alignment, with as much rounding as a dense one', () => {
    fc.assert(
      fc.property(aSparseTensor, fc.constantFrom(...WIRE_DTYPES), fc.nat({ max: 9 }), (tensor, dtype, shift) => {
        const received = decode(shifted(encode({ ...tensor, dtype }), shift));
        const dense = decode(encode({ shape: tensor.shape, data: tensor.data, dtype }));
        expect(received).to.deep.equal({ ...dense, index: tensor.index });
      }),
      { seed: 5 },
    );
  });

  it('takes two bytes a value more than a dense one, with every tensor aligned to its elements', () => {
    fc.assert(
      fc.property(aSparseTensor, fc.constantFrom(...WIRE_DTYPES), (tensor, dtype) => {
        const { tensors } = decodeSafetensors(Uint8Array.from(encode({ ...tensor, dtype })));
        const bytes = tensors.reduce((sum, each) => sum + each.bytes.length, 0);
        expect(bytes).to.equal(wireBytes(dtype, tensor.data.length) + 2 * tensor.data.length);
        for (const each of tensors) expect(each.bytes.byteOffset % DTYPE_BYTES[each.dtype], each.name).to.equal(0);
      }),
      { seed: 6 },
    );
  });

  it('is completed in the buffer into which its values and places were packed', () => {
    for (const dtype of WIRE_DTYPES) {
      const { packed } = packTensor(Float32Array.of(0.5, -1, 2), dtype, Uint16Array.of(1, 5, 65_535));
      const blob = encode({ shape: [3], dtype, data: packed, index: 'packed' });
      expect(blob.buffer === packed).to.equal(true);
      expect(decode(blob).index).to.deep.equal(Uint16Array.of(1, 5, 65_535));
    }
  });

  it('may be empty, and is still a frame', () => {
    for (const dtype of WIRE_DTYPES) {
      const tensor = decode(encode({ shape: [0], dtype, data: new Float32Array(0), index: new Uint16Array(0) }));
      expect(tensor).to.deep.include({ shape: [0], data: new Float32Array(0), index: new Uint16Array(0) });
    }
  });

  it('can be read by its sender as the receiver will read it', () => {
    fc.assert(
      fc.property(aSparseTensor, fc.constantFrom(...WIRE_DTYPES), ({ shape, data, index }, dtype) => {
        const { packed } = packTensor(data, dtype, index);
        const received = decode(encode({ shape, data, dtype, index })).data;
        expect(valuesIn(packed, shape, dtype, true)).to.deep.equal(received);
      }),
      { seed: 7 },
    );
  });

  it('is refused by its sender when what was packed does not have its shape', () => {
    for (const dtype of WIRE_DTYPES) {
      const data = packTensor(new Float32Array(3), dtype, Uint16Array.of(0, 1, 2)).packed;
      for (const tensor of [{ shape: [2], index: 'packed' }, { shape: [3] }] as const)
        expect(blamedField(() => encode({ ...tensor, dtype, data }))).to.equal('data.shape');
    }
  });

  it('is taken with its tensors in any order', () => {
    expect(decodeTensors(places(2, 3), floats(1, 2))).to.deep.equal({
      shape: [2],
      data: Float32Array.of(1, 2),
      index: Uint16Array.of(2, 3),
    });
  });

  it('names the index that is another dtype, or no list as long as the values', () => {
    expect(blamedField(() => decodeTensors(floats(1), { ...floats(1), name: 'index' }))).to.equal('index.dtype');
    expect(blamedField(() => decodeTensors(floats(1, 2), places(1)))).to.equal('index.shape');
    expect(blamedField(() => decodeTensors(floats(1), places(1, 2)))).to.equal('index.shape');
    expect(blamedField(() => decodeTensors(floats(1), { ...places(1), shape: [1, 1] }))).to.equal('index.shape');
    expect(blamedField(() => decodeTensors({ ...floats(1), shape: [1, 1] }, places(1)))).to.equal('data.shape');
    expect(blamedField(() => decodeTensors(places(1)))).to.equal('data');
  });

  it('names places that do not ascend, and says where', () => {
    for (const [index, fault] of [
      [places(4, 3), '3 after 4'],
      [places(1, 7, 7), '7 after 7'],
    ] as const) {
      const values = floats(...Array<number>(index.shape[0] as number).fill(1));
      expect(() => decodeTensors(values, index)).to.throw(`index: ascending places expected, got ${fault}`);
    }
  });

  it('has no places as values', () => {
    expect(blamedField(() => decodeTensors({ ...places(1), name: 'data' }))).to.equal('data.dtype');
  });
});
