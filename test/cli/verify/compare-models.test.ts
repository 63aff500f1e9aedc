import { expect } from 'chai';
import { compareModels, isIdentical } from '../../../cli/verify/compare-models.js';
import { encodeSafetensors } from '../../../protocol/safetensors.js';

type Tensors = Readonly<Record<string, readonly number[]>>;

function modelOf(tensors: Tensors): Uint8Array {
  const entries = Object.entries(tensors).map(([name, values]) => {
    const bytes = new Uint8Array(Float32Array.from(values).buffer);
    return { name, dtype: 'F32' as const, shape: [values.length], bytes };
  });
  return encodeSafetensors({ metadata: {}, tensors: entries });
}

const compare = (one: Tensors, other: Tensors) => compareModels(modelOf(one), modelOf(other));

describe('compareModels', () => {
  it('finds the same model identical', () => {
    const model = { kernel: [1, 2, Number.NaN], bias: [0] };
    expect(isIdentical(compare(model, model))).to.equal(true);
  });

  it('tells which tensors differ, by how many elements and at most how much', () => {
    const found = compare({ kernel: [1, 2, 3], bias: [0] }, { kernel: [1, 2.5, 2], bias: [0] });
    expect(found).to.deep.equal({
      tensors: 2,
      unmatched: [],
      differing: [{ name: 'kernel', elements: 3, differing: 2, most: 1 }],
    });
  });

  it('tells zeros of different sign apart', () => {
    const { differing } = compare({ bias: [0, 1] }, { bias: [-0, 1] });
    expect(differing).to.deep.equal([{ name: 'bias', elements: 2, differing: 1, most: 0 }]);
  });

  it('calls the distance to what is no number infinite', () => {
    const { differing } = compare({ bias: [0] }, { bias: [Number.NaN] });
    expect(differing[0]?.most).to.equal(Number.POSITIVE_INFINITY);
  });

  it('names tensors that are in one of them only, or of another shape', () => {
    const found = compare({ a: [1], b: [1, 2] }, { b: [1], c: [1] });
    expect(found.unmatched).to.have.members(['a', 'b', 'c']);
    expect(isIdentical(found)).to.equal(false);
  });
});
