// Frames: round trips from any alignment, and a name for each field that is wrong.

import { expect } from 'chai';
import fc from 'fast-check';
import { decodeFrame, encodeFrame, type Frame, frameTensor, integerOf, TIMINGS } from '../../protocol/frame.js';
import { packTensor } from '../../protocol/packed-tensor.js';
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from '../../protocol/safetensors.js';
import { topicsOf } from '../../protocol/topics.js';
import { WIRE_DTYPES, wireBytes } from '../../protocol/wire-dtypes.js';
import { aFrame, shifted } from './arbitraries.js';
import { blamedField, blobOf, headerOf } from './blobs.js';

const FRAME: Frame = {
  run: 'digits',
  generation: 2,
  kind: 'gradient',
  step: 7,
  micro: 3,
  tensor: { shape: [2, 1], data: Float32Array.of(0.5, -1) },
};

function timingOf(timing: Record<string, string>) {
  const metadata = { run: 'r', generation: '0', step: '0', micro: '0', kind: 'done', ...timing };
  return decodeFrame(encodeSafetensors({ metadata, tensors: [] })).timing;
}

describe('a frame', () => {
  it('comes back as it was, from any alignment, NaN and infinities included', () => {
    fc.assert(
      fc.property(aFrame, fc.nat({ max: 9 }), (frame, shift) => {
        expect(decodeFrame(shifted(encodeFrame(frame), shift))).to.deep.equal(frame);
      }),
      { seed: 1 },
    );
  });

  it('sends a view of a larger memory, and no more than it', () => {
    const memory = Float32Array.of(1, 2, 3, 4);
    const { tensor } = decodeFrame(encodeFrame({ ...FRAME, tensor: { shape: [2], data: memory.subarray(1, 3) } }));
    expect(tensor).to.deep.equal({ shape: [2], data: Float32Array.of(2, 3) });
  });

  it('owns its data once decoded: the packet may be reused', () => {
    const packet = encodeFrame(FRAME);
    const { tensor } = decodeFrame(packet);
    packet.fill(0);
    expect(tensor?.data).to.deep.equal(Float32Array.of(0.5, -1));
    expect(tensor?.data.buffer.byteLength).to.equal(8);
  });

  it('without a tensor is a header only', () => {
    const blob = encodeFrame({ ...FRAME, kind: 'done', tensor: null });
    expect(blob.length).to.equal(8 + Number(Buffer.from(blob).readBigUInt64LE(0)));
    expect(decodeFrame(blob).tensor).to.equal(null);
  });

  it('is a safetensors file that says whose it is', () => {
    const text = Buffer.from(encodeFrame(FRAME)).toString('latin1');
    expect(text).to.contain('{"run":"digits","generation":"2","step":"7","micro":"3","kind":"gradient"}');
    expect(text).to.contain('"data":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}');
  });

  for (const field of ['run', 'generation', 'step', 'micro', 'kind']) {
    it(`names ${field} when it is missing`, () => {
      const blob = blobOf(headerOf({ metadata: { [field]: undefined } }), new Uint8Array(8));
      expect(blamedField(() => decodeFrame(blob))).to.equal(`__metadata__.${field}`);
    });
  }

  for (const field of ['generation', 'step', 'micro']) {
    for (const text of [
      '',
      ' 1',
      '-1',
      '1.5',
      '1e3',
      '0x10',
      'NaN',
      'Infinity',
      '१',
      `1${'0'.repeat(15)}`,
      '9'.repeat(400),
    ]) {
      it(`names ${field} when it is ${JSON.stringify(text.slice(0, 20))}`, () => {
        const blob = blobOf(headerOf({ metadata: { [field]: text } }), new Uint8Array(8));
        expect(blamedField(() => decodeFrame(blob))).to.equal(`__metadata__.${field}`);
      });
    }
  }

  it('takes whole numbers up to 15 digits exactly', () => {
    expect(integerOf({ step: '999999999999999' }, 'step')).to.equal(999_999_999_999_999);
    expect(integerOf({ step: '0' }, 'step')).to.equal(0);
  });

  it('names an unknown kind, and the known ones', () => {
    const blob = blobOf(headerOf({ metadata: { kind: 'weights' } }), new Uint8Array(8));
    expect(() => decodeFrame(blob)).to.throw(
      '__metadata__.kind: "weights" is none of activation, eval, cut, collect, targets, parameters, gradient, done',
    );
  });

  it('names a timing that is no number of milliseconds', () => {
    for (const bad of ['', 'NaN', '1e3', '1.2345', 'Infinity'])
      expect(blamedField(() => timingOf({ sent: bad }))).to.equal('__metadata__.sent');
  });

  it('has no time below 0 but a lag, the difference of two clocks', () => {
    expect(timingOf({ lag: '-12.5' })).to.deep.equal({ lag: -12.5 });
    for (const name of TIMINGS.filter((each) => each !== 'lag')) {
      expect(timingOf({ [name]: '12.5' })).to.deep.equal({ [name]: 12.5 });
      expect(blamedField(() => timingOf({ [name]: '-12.5' }))).to.equal(`__metadata__.${name}`);
    }
  });

  it('names the tensor that is none of ours', () => {
    const tensor = { name: 'x', dtype: 'F32', shape: [1], bytes: new Uint8Array(4) } as const;
    const metadata = { run: 'r', generation: '0', step: '0', micro: '0', kind: 'gradient' };
    const decode = (...names: string[]) =>
      blamedField(() =>
        decodeFrame(encodeSafetensors({ metadata, tensors: names.map((name) => ({ ...tensor, name })) })),
      );
    expect(decode('x')).to.equal('name');
    expect(decode('data', 'x')).to.equal('name');
    expect(decode('scale')).to.equal('data');
  });

  it('names a dtype that it does not hold', () => {
    const blob = blobOf(headerOf({ tensor: { dtype: 'F64', shape: [1] } }), new Uint8Array(8));
    expect(blamedField(() => decodeFrame(blob))).to.equal('data.dtype');
    const half = { name: 'w', dtype: 'BF16', shape: [1], bytes: new Uint8Array(2) } as const;
    expect(blamedField(() => frameTensor(half))).to.equal('w.dtype');
  });

  it('crosses the wire in each dtype, from any alignment, and says which', () => {
    const values = Float32Array.from({ length: 130 }, (_, index) => index / 2);
    for (const [dtype, bytes] of [
      ['f32', 4 * 130],
      ['f16', 2 * 130],
      ['bf16', 2 * 130],
      ['int8', 130 + 3 * 4],
    ] as const) {
      const blob = encodeFrame({ ...FRAME, tensor: { shape: [2, 65], data: values, dtype } });
      const data = decodeSafetensors(blob).tensors.reduce((sum, tensor) => sum + tensor.bytes.length, 0);
      expect(data).to.equal(bytes);
      for (const shift of [0, 1, 2, 3]) {
        const { tensor } = decodeFrame(shifted(blob, shift));
        expect(tensor).to.include({ ...(dtype !== 'f32' && { dtype }) });
        expect(tensor!.shape).to.deep.equal([2, 65]);
        for (const [index, value] of tensor!.data.entries()) {
          expect(Math.abs(value - values[index]!)).to.be.at.most(dtype === 'f32' || dtype === 'f16' ? 0 : 0.26);
        }
      }
    }
  });

  it('is completed in the buffer into which its tensor was packed', () => {
    for (const dtype of WIRE_DTYPES) {
      const { packed } = packTensor(Float32Array.of(0.5, -1), dtype);
      const blob = encodeFrame({ ...FRAME, tensor: { shape: [2, 1], dtype, data: packed } });
      expect(blob.buffer === packed).to.equal(true);
      expect(decodeFrame(blob).tensor?.shape).to.deep.equal([2, 1]);
    }
  });

  it('with a header beyond the head room is copied', () => {
    const shape = new Array<number>(2000).fill(1);
    const { packed } = packTensor(Float32Array.of(3), 'f32');
    const blob = encodeFrame({ ...FRAME, tensor: { shape, data: packed } });
    expect(decodeFrame(blob).tensor).to.deep.equal({ shape, data: Float32Array.of(3) });
  });

  it('is refused when what was packed does not have its shape', () => {
    for (const dtype of WIRE_DTYPES) {
      const { packed } = packTensor(new Float32Array(3), dtype);
      const encode = () => encodeFrame({ ...FRAME, tensor: { shape: [2, 1], dtype, data: packed } });
      expect(blamedField(encode)).to.equal('data.shape');
    }
  });

  it('names a scale that is missing, of another size, or not wanted', () => {
    const metadata = { run: 'r', generation: '0', step: '0', micro: '0', kind: 'gradient' };
    const data = { name: 'data', dtype: 'I8', shape: [65], bytes: new Uint8Array(65) } as const;
    const scale = (count: number) =>
      ({ name: 'scale', dtype: 'F32', shape: [count], bytes: new Uint8Array(4 * count) }) as const;
    const half = { name: 'data', dtype: 'F16', shape: [1], bytes: new Uint8Array(2) } as const;
    const decode = (...tensors: StoredTensor[]) =>
      blamedField(() => decodeFrame(encodeSafetensors({ metadata, tensors })));
    expect(decode(data)).to.equal('scale');
    expect(decode(scale(1), data)).to.equal('scale');
    expect(decode(half, scale(1))).to.equal('scale');
    expect(decodeFrame(encodeSafetensors({ metadata, tensors: [scale(2), data] })).tensor?.data.length).to.equal(65);
    expect(decodeFrame(encodeSafetensors({ metadata, tensors: [data, scale(2)] })).tensor?.data.length).to.equal(65);
  });

  it('takes less than 0.5 % more than its 128 KB of data, topic and MQTT header included', () => {
    const topic = topicsOf('home').data('fashion-on-eight-boards-20261121-101502', 12, 'backward');
    const packetHeader = 1 + 3 + 2; // type and flags, remaining length, length of the topic
    for (const dtype of WIRE_DTYPES) {
      const elements = 131_072 / { f32: 4, f16: 2, bf16: 2, int8: 1 }[dtype];
      const tensor = { shape: [32, elements / 32], dtype, data: new Float32Array(elements) };
      const timing = { sent: 86_400_000.123, lag: -12.345, behind: 12.345, slowest: 2.345, link: 1.234 };
      const blob = encodeFrame({
        ...FRAME,
        run: 'fashion-on-eight-boards-20261121-101502',
        step: 123_456,
        tensor,
        timing,
      });
      const framing = packetHeader + topic.length + blob.length - wireBytes(dtype, elements);
      expect(framing / 131_072, dtype).to.be.below(0.005);
    }
  });
});
