// Filters of gradients: what is sent and what is kept are together all that there was, and nothing is sent twice.

import { expect } from 'chai';
import fc from 'fast-check';
import { createFilter, keptOf, type Selection } from '../../node/gradient-filter.js';
import { packTensor, valuesIn } from '../../protocol/packed-tensor.js';
import type { FilterSpec } from '../../protocol/run-spec.js';
import { WIRE_DTYPES } from '../../protocol/wire-dtypes.js';

const ELEMENTS = 40;
/** Of different lengths, in whose order a worker sends them. */
const PIECES = [
  { start: 0, end: 16 },
  { start: 16, end: 32 },
  { start: 32, end: 40 },
];

/** Sums of these are exact, so that nothing may be lost at all. */
const aWholeGradient = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: ELEMENTS, maxLength: ELEMENTS });
const someGradients = fc.array(aWholeGradient.map(floats), {
  minLength: 1,
  maxLength: 6,
});
const aFilter: fc.Arbitrary<FilterSpec> = fc.oneof(
  fc.record({ type: fc.constant('topK' as const), share: fc.double({ min: 0.001, max: 1, noNaN: true }) }),
  fc.record({ type: fc.constant('significance' as const), threshold: fc.integer({ min: 1, max: 300 }) }),
);

function floats(values: ArrayLike<number>): Float32Array {
  return Float32Array.from(values);
}

/** One piece of all. */
function selectAll(spec: FilterSpec, gradient: number[], changePerUnit = 1) {
  const filter = createFilter(spec, gradient.length);
  const selection = filter.select({ start: 0, end: gradient.length }, floats(gradient), changePerUnit) as Selection;
  return { sent: [...selection.values], index: [...selection.index], kept: [...filter.residual] };
}

function add(sum: number[], { values, index }: Selection, start: number): void {
  for (const [at, place] of index.entries()) sum[start + place] = sum[start + place]! + values[at]!;
}

describe('a gradient filter', () => {
  it('sends and keeps together all that there was, in ascending places', () => {
    fc.assert(
      fc.property(aFilter, someGradients, (spec, gradients) => {
        const filter = createFilter(spec, ELEMENTS);
        const sent = Array<number>(ELEMENTS).fill(0);
        for (const gradient of gradients) {
          for (const piece of PIECES) {
            const selection = filter.select(piece, gradient.subarray(piece.start, piece.end), 1) as Selection;
            expect([...selection.index]).to.deep.equal([...new Set(selection.index)].sort((a, b) => a - b));
            for (const place of selection.index) expect(filter.residual[piece.start + place]).to.equal(0);
            add(sent, selection, piece.start);
          }
        }
        const total = sent.map((_, at) => gradients.reduce((sum, gradient) => sum + gradient[at]!, 0));
        expect(sent.map((value, at) => value + filter.residual[at]!)).to.deep.equal(total);
      }),
      { seed: 1 },
    );
  });

  it('leaves the other pieces alone', () => {
    const filter = createFilter({ type: 'topK', share: 0.5 }, ELEMENTS);
    filter.select({ start: 16, end: 32 }, new Float32Array(16).fill(1), 1);
    expect([...filter.residual].flatMap((value, at) => (value === 0 ? [] : [at]))).to.deep.equal([
      24, 25, 26, 27, 28, 29, 30, 31,
    ]);
  });

  it('keeps what the wire rounds off, in any dtype', () => {
    const piece = { start: 0, end: ELEMENTS };
    fc.assert(
      fc.property(fc.constantFrom(...WIRE_DTYPES), someGradients, (dtype, gradients) => {
        const filter = createFilter({ type: 'topK', share: 0.3 }, ELEMENTS);
        const read = Array<number>(ELEMENTS).fill(0);
        for (const gradient of gradients) {
          const selection = filter.select(piece, gradient, 1) as Selection;
          const { packed } = packTensor(selection.values, dtype, selection.index);
          const received = valuesIn(packed, [selection.values.length], dtype, true);
          filter.keepRounding(piece, selection, received);
          add(read, { ...selection, values: received }, 0);
        }
        for (const [at, value] of read.entries()) {
          const total = gradients.reduce((sum, gradient) => sum + gradient[at]!, 0);
          expect(value + filter.residual[at]!).to.be.closeTo(total, 0.01);
        }
      }),
      { seed: 2 },
    );
  });

  it('keeps no rounding that is not finite', () => {
    const filter = createFilter({ type: 'topK', share: 1 }, 2);
    const piece = { start: 0, end: 2 };
    const selection = filter.select(piece, Float32Array.of(Number.POSITIVE_INFINITY, 1), 1) as Selection;
    filter.keepRounding(piece, selection, Float32Array.of(Number.POSITIVE_INFINITY, Number.NaN));
    expect([...filter.residual]).to.deep.equal([0, 0]);
  });

  it('is none where all is sent, and keeps no memory for it', () => {
    const filter = createFilter({ type: 'none' }, ELEMENTS);
    expect(filter.select({ start: 0, end: ELEMENTS }, new Float32Array(ELEMENTS), 1)).to.equal(null);
    expect(filter.residual).to.have.length(0);
  });
});

describe('top-k', () => {
  it('sends exactly its share of a piece, rounded up: the largest magnitudes', () => {
    const aPiece = fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(aPiece, fc.double({ min: 0.001, max: 1, noNaN: true }), (gradient, share) => {
        const { sent, kept } = selectAll({ type: 'topK', share }, gradient);
        expect(sent).to.have.length(Math.ceil(share * gradient.length));
        expect(Math.max(...kept.map(Math.abs))).to.be.at.most(Math.min(...sent.map(Math.abs)));
      }),
      { seed: 3 },
    );
  });

  it('of a share of 1 sends everything in order', () => {
    const gradient = [3, -1, 0, 4, 2, 2];
    const all = selectAll({ type: 'topK', share: 1 }, gradient);
    expect(all).to.deep.equal({ sent: gradient, index: [0, 1, 2, 3, 4, 5], kept: [0, 0, 0, 0, 0, 0] });
  });

  it('sends of equals the first ones', () => {
    expect(selectAll({ type: 'topK', share: 0.5 }, [1, -2, 2, -2, 0, 2]).index).to.deep.equal([1, 2, 3]);
    expect(selectAll({ type: 'topK', share: 0.5 }, [0, 0, 0, 0]).index).to.deep.equal([0, 1]);
  });

  it('sends what did not suffice before once it adds up', () => {
    const filter = createFilter({ type: 'topK', share: 0.5 }, 2);
    const gradient = Float32Array.of(3, 2);
    const places = [1, 2, 3].map(() => [...(filter.select({ start: 0, end: 2 }, gradient, 1) as Selection).index]);
    expect(places).to.deep.equal([[0], [1], [0]]);
    expect([...filter.residual]).to.deep.equal([0, 2]);
  });

  it('takes NaN and infinities for the largest', () => {
    const gradient = [1e38, Number.NaN, 5, Number.NEGATIVE_INFINITY];
    expect(selectAll({ type: 'topK', share: 0.5 }, gradient).sent).to.deep.equal([
      Number.NaN,
      Number.NEGATIVE_INFINITY,
    ]);
    expect(selectAll({ type: 'topK', share: 0.25 }, gradient).index).to.deep.equal([1]);
  });

  it('of a piece of the largest size reaches its last place', () => {
    const gradient = new Float32Array(65_536);
    gradient[65_535] = -1;
    const filter = createFilter({ type: 'topK', share: 1e-9 }, 65_536);
    const { values, index } = filter.select({ start: 0, end: 65_536 }, gradient, 1) as Selection;
    expect({ values, index }).to.deep.equal({ values: Float32Array.of(-1), index: Uint16Array.of(65_535) });
  });

  it('tells how many that are, for those who count bytes before', () => {
    expect([keptOf(0.01, 65_536), keptOf(0.5, 3), keptOf(1, 7), keptOf(0.1, 0)]).to.deep.equal([656, 2, 7, 0]);
  });
});

describe('significance', () => {
  const spec = { type: 'significance', threshold: 0.25 } as const;

  it('sends what changes its parameter by the threshold or more', () => {
    const { sent, index, kept } = selectAll(spec, [1, -2, 2.5, 3, -0.5], 0.125);
    expect({ sent, index, kept }).to.deep.equal({ sent: [-2, 2.5, 3], index: [1, 2, 3], kept: [1, 0, 0, 0, -0.5] });
  });

  it('may send nothing', () => {
    expect(selectAll(spec, [0.1, 0, -0.2]).sent).to.deep.equal([]);
  });

  it('sends NaN and infinities, even where nothing changes any more', () => {
    const gradient = [Number.NaN, 1, Number.POSITIVE_INFINITY];
    expect(selectAll(spec, gradient, 0.1).index).to.deep.equal([0, 2]);
    expect(selectAll(spec, gradient, 0).index).to.deep.equal([0, 2]);
  });
});
