// The tensor format against its description, and against everything that a network may make of a blob.

import { expect } from 'chai';
import fc from 'fast-check';
import { FrameError } from '../../errors.js';
import {
  DTYPE_BYTES,
  type Dtype,
  decodeSafetensors,
  encodeSafetensors,
  MAX_HEADER_BYTES,
  type Safetensors,
  type StoredTensor,
} from '../../protocol/safetensors.js';
import { aSafetensors, shifted } from './arbitraries.js';
import { blamedField, blobOf } from './blobs.js';

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, index) => index + 1);

function tensorOf(name: string, dtype: Dtype, shape: readonly number[]): StoredTensor {
  return {
    name,
    dtype,
    shape,
    bytes: bytesOf(shape.reduce((product, extent) => product * extent, DTYPE_BYTES[dtype])),
  };
}

/** Order is of no meaning in the format's header, and names like `1` change theirs in a JSON object. */
function comparable({ metadata, tensors }: Safetensors) {
  const entries = tensors.map(({ name, dtype, shape, bytes }) => [name, { dtype, shape, bytes: [...bytes] }] as const);
  return { metadata: new Map(Object.entries(metadata)), tensors: new Map(entries) };
}

describe('safetensors', () => {
  it('brings any tensors and metadata back, from any alignment', () => {
    fc.assert(
      fc.property(aSafetensors, fc.nat({ max: 9 }), (original, shift) => {
        const decoded = decodeSafetensors(shifted(encodeSafetensors(original), shift));
        expect(comparable(decoded)).to.deep.equal(comparable(original));
      }),
      { seed: 1 },
    );
  });

  it('starts the data at a multiple of 8', () => {
    fc.assert(
      fc.property(aSafetensors, (original) => {
        const blob = Buffer.from(encodeSafetensors(original));
        const headerLength = Number(blob.readBigUInt64LE(0));
        const dataBytes = original.tensors.reduce((sum, { bytes }) => sum + bytes.length, 0);
        expect((8 + headerLength) % 8).to.equal(0);
        expect(blob.length).to.equal(8 + headerLength + dataBytes);
      }),
      { seed: 2 },
    );
  });

  it('writes byte by byte what the description of the format says', () => {
    const header = '{"__metadata__":{"run":"r"},"a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}';
    const weights = Float32Array.of(1, -2);
    const blob = encodeSafetensors({
      metadata: { run: 'r' },
      tensors: [{ name: 'a', dtype: 'F32', shape: [1, 2], bytes: new Uint8Array(weights.buffer) }],
    });
    expect(header.length).to.equal(83);
    expect(Buffer.from(blob).toString('latin1')).to.equal(
      `\x58\0\0\0\0\0\0\0${header}     \x00\x00\x80\x3f\x00\x00\x00\xc0`, // 0x58 = 88 = 83 and five spaces
    );
  });

  it('reads what others write: without padding, without metadata, spread tensors', () => {
    const header =
      '{"b":{"dtype":"I8","shape":[3],"data_offsets":[2,5]},"a":{"dtype":"BF16","shape":[],"data_offsets":[0,2]}}';
    const { metadata, tensors } = decodeSafetensors(blobOf(header, bytesOf(5)));
    expect(metadata).to.deep.equal({});
    expect(tensors.map(({ name, bytes }) => [name, ...bytes])).to.deep.equal([
      ['b', 3, 4, 5],
      ['a', 1, 2],
    ]);
  });

  describe('refuses', () => {
    const whole = encodeSafetensors({
      metadata: { run: 'r', step: '3' },
      tensors: [tensorOf('a', 'F32', [2, 2]), tensorOf('b', 'I8', [3])],
    });

    it('a blob that was cut anywhere', () => {
      for (let length = 0; length < whole.length; length++) {
        expect(() => decodeSafetensors(whole.subarray(0, length)), `${length} bytes`).to.throw(FrameError);
      }
    });

    it('a blob with bytes behind its end', () => {
      expect(blamedField(() => decodeSafetensors(Buffer.concat([whole, Buffer.of(0)])))).to.equal('data');
    });

    it('flipped bits, or takes them for another whole blob, but never fails otherwise', () => {
      let refused = 0;
      for (let bit = 0; bit < 8 * whole.length; bit++) {
        const flipped = Uint8Array.from(whole);
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        if (decodesOrRefuses(flipped) === 'refused') refused++;
      }
      expect(refused).to.be.greaterThan(whole.length); // most of the header's bits matter
    });

    it('random bytes, behind a plausible length too', () => {
      const aBlob = fc.oneof(
        fc.uint8Array({ maxLength: 64 }),
        fc.tuple(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 16 })).map(([h, d]) => blobOf(h, d)),
        fc.tuple(fc.json(), fc.uint8Array({ maxLength: 16 })).map(([json, data]) => blobOf(json, data)),
      );
      fc.assert(
        fc.property(aBlob, (blob) => void decodesOrRefuses(blob)),
        { seed: 3, numRuns: 1000 },
      );
    });

    it('random values in every place of the header', () => {
      const anEntry = fc.record(
        { dtype: fc.oneof(fc.constantFrom('F32', 'I8'), fc.jsonValue()), shape: aList(), data_offsets: aList() },
        { requiredKeys: [] },
      );
      const aHeader = fc.dictionary(
        fc.constantFrom('__metadata__', '__proto__', 'a', 'b'),
        fc.oneof(anEntry, fc.jsonValue()),
      );
      fc.assert(
        fc.property(aHeader, fc.uint8Array({ maxLength: 16 }), (header, data) => {
          decodesOrRefuses(blobOf(JSON.stringify(header), data));
        }),
        { seed: 4, numRuns: 1000 },
      );
    });

    it('a header that is nested too deeply to be shown', () => {
      const deep = '['.repeat(30_000) + ']'.repeat(30_000);
      const headers = {
        a: `{"a":${deep}}`,
        'a.dtype': `{"a":{"dtype":${deep}}}`,
        'a.shape': `{"a":{"dtype":"I8","shape":${deep}}}`,
        '__metadata__.k': `{"__metadata__":{"k":${deep}}}`,
        header: deep,
      };
      for (const [field, header] of Object.entries(headers)) {
        expect(blamedField(() => decodeSafetensors(blobOf(header)))).to.equal(field);
      }
    });

    const oneTensor = (entry: object) => blobOf(JSON.stringify({ a: entry }), bytesOf(8));
    const twoTensors = (a: [number, number], b: [number, number]) => {
      const entry = ([begin, end]: [number, number]) => ({
        dtype: 'I8',
        shape: [end - begin],
        data_offsets: [begin, end],
      });
      return blobOf(JSON.stringify({ a: entry(a), b: entry(b) }), bytesOf(8));
    };
    const MALFORMED: Readonly<Record<string, [field: string, blob: Uint8Array]>> = {
      'a header that is not JSON': ['header', blobOf('{"a"')],
      'a header that is a list': ['header', blobOf('[]')],
      'a header that is nothing': ['header', blobOf('null')],
      'a header longer than the blob': ['header', blobOf('{}').subarray(0, 9)],
      'metadata that are no object': ['__metadata__', blobOf('{"__metadata__":3}')],
      'metadata that are no strings': ['__metadata__.step', blobOf('{"__metadata__":{"step":3}}')],
      'a tensor that is no object': ['a', blobOf('{"a":[]}')],
      'an unknown dtype': ['a.dtype', oneTensor({ dtype: 'F64', shape: [1], data_offsets: [0, 8] })],
      'a dtype that every object has': ['a.dtype', oneTensor({ dtype: 'toString', shape: [1], data_offsets: [0, 8] })],
      'a negative extent': ['a.shape', oneTensor({ dtype: 'I8', shape: [-8, -1], data_offsets: [0, 8] })],
      'a broken extent': ['a.shape', oneTensor({ dtype: 'F32', shape: [0.5, 4], data_offsets: [0, 8] })],
      'a shape too large': ['a.shape', oneTensor({ dtype: 'F32', shape: [3], data_offsets: [0, 8] })],
      'a shape beyond all numbers': [
        'a.shape',
        oneTensor({ dtype: 'F32', shape: [0, ...Array(30).fill(Number.MAX_SAFE_INTEGER)], data_offsets: [0, 8] }),
      ],
      'no offsets': ['a.data_offsets', oneTensor({ dtype: 'I8', shape: [8] })],
      'three offsets': ['a.data_offsets', oneTensor({ dtype: 'I8', shape: [8], data_offsets: [0, 4, 8] })],
      'offsets in reverse': ['a.data_offsets', oneTensor({ dtype: 'I8', shape: [8], data_offsets: [8, 0] })],
      'offsets beyond the data': ['a.data_offsets', oneTensor({ dtype: 'I8', shape: [9], data_offsets: [0, 9] })],
      'a hole at the start': ['a.data_offsets', oneTensor({ dtype: 'I8', shape: [4], data_offsets: [4, 8] })],
      'a hole in the middle': ['b.data_offsets', twoTensors([0, 3], [4, 8])],
      'a hole at the end': ['data', twoTensors([0, 3], [3, 7])],
      'an overlap': ['b.data_offsets', twoTensors([0, 5], [4, 8])],
      'a tensor inside another': ['b.data_offsets', twoTensors([0, 8], [4, 4])],
    };
    for (const [what, [field, blob]] of Object.entries(MALFORMED)) {
      it(`${what}, and blames ${field}`, () => {
        expect(blamedField(() => decodeSafetensors(blob))).to.equal(field);
      });
    }

    it('a header over 64 KiB, in reading and in writing', () => {
      const filler = (length: number) => `{"__metadata__":{"filler":"${'x'.repeat(length - 30)}"}}`;
      expect(filler(100)).to.have.length(100);
      decodeSafetensors(blobOf(filler(MAX_HEADER_BYTES)));
      expect(blamedField(() => decodeSafetensors(blobOf(filler(MAX_HEADER_BYTES + 1))))).to.equal('header');
      const encode = (length: number) =>
        encodeSafetensors({ metadata: { filler: 'x'.repeat(length - 30) }, tensors: [] });
      encode(MAX_HEADER_BYTES);
      expect(blamedField(() => encode(MAX_HEADER_BYTES + 1))).to.equal('header');
    });

    it('a header length beyond memory, without trying to allocate it', () => {
      const blob = blobOf('{}');
      new DataView(blob.buffer).setBigUint64(0, 2n ** 64n - 1n, true);
      expect(blamedField(() => decodeSafetensors(blob))).to.equal('header');
    });

    it('to write what it would not read', () => {
      const encode =
        (...tensors: StoredTensor[]) =>
        () =>
          encodeSafetensors({ metadata: {}, tensors });
      expect(blamedField(encode(tensorOf('__metadata__', 'I8', [1])))).to.equal('name');
      expect(blamedField(encode(tensorOf('a', 'I8', [1]), tensorOf('a', 'I8', [1])))).to.equal('name');
      expect(blamedField(encode({ name: 'a', dtype: 'F32', shape: [2], bytes: bytesOf(7) }))).to.equal('a.shape');
    });
  });
});

function aList() {
  return fc.oneof(fc.array(fc.oneof(fc.integer({ min: -1, max: 20 }), fc.double()), { maxLength: 3 }), fc.jsonValue());
}

/** A decode may only succeed or throw a FrameError; what succeeds must be whole. */
function decodesOrRefuses(blob: Uint8Array): 'decoded' | 'refused' {
  try {
    const { tensors } = decodeSafetensors(blob);
    for (const { dtype, shape, bytes } of tensors) {
      expect(shape.reduce((product, extent) => product * extent, DTYPE_BYTES[dtype])).to.equal(bytes.length);
    }
    return 'decoded';
  } catch (error) {
    if (error instanceof FrameError) return 'refused';
    throw error;
  }
}
