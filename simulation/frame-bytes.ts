// What a frame takes on the wire, header included: asked of the real encoder, once for each kind and shape.

import type { Shape } from '../compute/tensor.js';
import { encodeFrame, type FrameKind, type FrameTiming } from '../protocol/frame.js';
import { HEAD_ROOM_BYTES } from '../protocol/packed-tensor.js';
import { type WireDtype, wireBytes } from '../protocol/wire-dtypes.js';

/** Of as many digits as those of a run that has gone on for some minutes. */
const STEP = 1000;
const MOMENT_MS = 123_456.789;
const SPAN_MS = 12.345;
const RUN_SUFFIX = '-20260101-000000';

const LINK_TIMING: FrameTiming = { sent: MOMENT_MS, lag: SPAN_MS };
const BEHIND_TIMING: FrameTiming = { behind: SPAN_MS, slowest: SPAN_MS, link: SPAN_MS };
const TIMING: Readonly<Record<FrameKind, FrameTiming>> = {
  activation: { ...LINK_TIMING, period: SPAN_MS },
  eval: LINK_TIMING,
  collect: LINK_TIMING,
  targets: LINK_TIMING,
  parameters: LINK_TIMING,
  gradient: { ...LINK_TIMING, ...BEHIND_TIMING },
  done: { ...LINK_TIMING, ...BEHIND_TIMING },
};

export class FrameSizes {
  private readonly known = new Map<string, number>();

  /** @param name of the run, before its time is added */
  constructor(private readonly name: string) {}

  /** @param shape of the tensor; null where there is none */
  of(kind: FrameKind, shape: Shape | null, dtype: WireDtype = 'f32'): number {
    const key = `${kind} ${shape} ${dtype}`;
    const bytes = this.known.get(key) ?? this.measure(kind, shape, dtype);
    this.known.set(key, bytes);
    return bytes;
  }

  private measure(kind: FrameKind, shape: Shape | null, dtype: WireDtype): number {
    const key = { run: `${this.name}${RUN_SUFFIX}`, generation: 0, step: STEP, micro: 0, kind, timing: TIMING[kind] };
    if (shape === null) return encodeFrame({ ...key, tensor: null }).length;
    const elements = shape.reduce((product, extent) => product * extent, 1);
    const data = Buffer.allocUnsafeSlow(HEAD_ROOM_BYTES + wireBytes(dtype, elements)).buffer as ArrayBuffer;
    return encodeFrame({ ...key, tensor: { shape, dtype, data } }).length;
  }
}
