// f16 and bf16 against their definition, against PyTorch, and against themselves.

import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { decodeBf16, encodeBf16 } from '../../protocol/bf16.js';
import { decodeF16, encodeF16 } from '../../protocol/f16.js';
import { mulberry32 } from '../support/finite-differences.js';
import { BF16, F16, meaningOf, nearest } from './half-float-reference.js';

const FORMATS = {
  f16: { format: F16, encode: encodeF16, decode: decodeF16, largest: 65504, relativeError: 2 ** -11 },
  bf16: {
    format: BF16,
    encode: encodeBf16,
    decode: decodeBf16,
    largest: 3.3895313892515355e38,
    relativeError: 2 ** -8,
  },
} as const;

const golden = JSON.parse(readFileSync('test/golden/wire-dtypes.json', 'utf8')) as Record<
  'f32' | 'f16' | 'bf16',
  string
>;
const bitsIn = (text: string) => text.split(' ').map((word) => Number.parseInt(word, 16));

for (const name of ['f16', 'bf16'] as const) {
  const { format, encode, decode, largest, relativeError } = FORMATS[name];

  const encoded = (values: Float32Array) => {
    const halves = new Uint16Array(values.length);
    encode(values, halves);
    return halves;
  };
  const decoded = (halves: Uint16Array) => {
    const values = new Float32Array(halves.length);
    decode(halves, values);
    return values;
  };
  const rounded = (values: Float32Array) => decoded(encoded(values));

  function expectNearest(values: Float32Array): void {
    const actual = rounded(values);
    for (const [index, value] of values.entries()) {
      if (!Object.is(actual[index], nearest(value, format)))
        expect(actual[index], `${value}`).to.equal(nearest(value, format));
    }
  }

  describe(`the wire dtype ${name}`, () => {
    const ALL = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

    it('reads all its values exactly', () => {
      const values = decoded(ALL);
      for (const bits of ALL) {
        if (!Object.is(values[bits], meaningOf(bits, format))) {
          expect(values[bits], bits.toString(16)).to.deep.equal(meaningOf(bits, format));
        }
      }
    });

    it('writes all its values as they were; a NaN stays one', () => {
      const values = decoded(ALL);
      const again = encoded(values);
      for (const bits of ALL) {
        const isSame = Number.isNaN(values[bits])
          ? Number.isNaN(meaningOf(again[bits]!, format))
          : again[bits] === bits;
        expect(isSame, bits.toString(16)).to.equal(true);
      }
    });

    it('rounds to nearest and even, at and beside each tie between two values', () => {
      const neighbours = decoded(ALL).filter(Number.isFinite).toSorted();
      const ties = neighbours.subarray(1).map((value, index) => ((neighbours[index] as number) + value) / 2);
      const bits = new Int32Array(ties.buffer);
      expectNearest(ties);
      expectNearest(new Float32Array(bits.map((pattern) => pattern + 1).buffer));
      expectNearest(
        new Float32Array(bits.map((pattern) => pattern - 1).buffer).filter((value) => !Number.isNaN(value)),
      );
    });

    it('rounds any bits as the definition says', () => {
      const random = mulberry32(1);
      const bits = Uint32Array.from({ length: 200_001 }, () => random() * 2 ** 32);
      expectNearest(new Float32Array(bits.buffer));
    });

    it('rounds as PyTorch does', () => {
      const values = new Float32Array(Uint32Array.from(bitsIn(golden.f32)).buffer);
      expect([...encoded(values)]).to.deep.equal(bitsIn(golden[name]));
    });

    it(`errs by no more than ${relativeError} of a normal value, and what was read once is written the same`, () => {
      fc.assert(
        fc.property(fc.float32Array({ noNaN: true, noDefaultInfinity: true, max: Math.fround(largest) }), (values) => {
          const once = rounded(values);
          expect(rounded(once)).to.deep.equal(once);
          for (const [index, value] of values.entries()) {
            if (Math.abs(value) < 2 ** -14 || Math.abs(value) > largest) continue;
            expect(Math.abs((once[index] as number) - value)).to.be.at.most(relativeError * Math.abs(value));
          }
        }),
        { seed: 1 },
      );
    });

    it('tells the first finite value that is too large, in whichever place, and only that', () => {
      for (const length of [1, 2, 3, 64, 65]) {
        const values = new Float32Array(length).fill(-largest);
        const halves = new Uint16Array(length);
        expect(encode(values, halves), 'the largest').to.equal(-1);
        for (const other of [Infinity, -Infinity, Number.NaN]) {
          expect(encode(values.fill(other), halves)).to.equal(-1);
          expect(decoded(halves)).to.deep.equal(values);
        }
        values[length - 1] = -largest * (1 + relativeError);
        expect(encode(values, halves)).to.equal(length - 1);
        expect(decoded(halves)[length - 1]).to.equal(-Infinity);
      }
    });

    it('keeps every kind of NaN', () => {
      const kinds = Uint32Array.of(0x7f800001, 0x7fffffff, 0xff800001, 0xffffffff, 0x7fc00000);
      expect([...rounded(new Float32Array(kinds.buffer))].every(Number.isNaN)).to.equal(true);
    });
  });
}
