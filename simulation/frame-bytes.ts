// What a frame takes on the wire, header included: asked of the real encoder, once for each kind and shape.

import type { Shape } from '../compute/tensor.js';
import { encodeFrame, type FrameKind, type FrameTiming } from '../protocol/frame.js';
import { bytesOf, entriesOf, HEAD_ROOM_BYTES } from '../protocol/packed-tensor.js';
import type { WireDtype } from '../protocol/wire-dtypes.js';

/** Of as many digits as those of a run that has gone on for some minutes. */
const STEP = 1000;
const MOMENT_MS = 123_456.789;
const SPAN_MS = 12.345;
const RUN_SUFFIX = '-20260101-000000';

const LINK_TIMING: FrameTiming = { sent: MOMENT_MS, lag: SPAN_MS };
const BEHIND_TIMING: FrameTiming = { behind: SPAN_MS, slowest: SPAN_MS, link: SPAN_MS };

export interface FrameForm {
  readonly kind: FrameKind;
  /** Of the tensor; left out where there is none. */
  readonly shape?: Shape;
  readonly dtype?: WireDtype;
  /** Whether the places of its values travel with it. */
  readonly isSparse?: boolean;
  /** Whether it is of a star, where nobody measures a ring, and the server is told who sent. */
  readonly ofStar?: boolean;
}

export class FrameSizes {
  private readonly known = new Map<string, number>();

  /** @param name of the run, before its time is added */
  constructor(private readonly name: string) {}

  of(form: FrameForm): number {
    const key = JSON.stringify(form);
    const bytes = this.known.get(key) ?? this.measure(form);
    this.known.set(key, bytes);
    return bytes;
  }

  private measure({ kind, shape, dtype = 'f32', isSparse = false, ofStar = false }: FrameForm): number {
    const from = ofStar && kind === 'gradient' ? { from: 1 } : {};
    const timing = ofStar ? LINK_TIMING : timingOf(kind);
    const key = { run: `${this.name}${RUN_SUFFIX}`, generation: 0, step: STEP, micro: 0, kind, timing, ...from };
    if (shape === undefined) return encodeFrame({ ...key, tensor: null }).length;
    const bytes = entriesOf(shape, dtype, isSparse).reduce((sum, entry) => sum + bytesOf(entry), HEAD_ROOM_BYTES);
    const data = Buffer.allocUnsafeSlow(bytes).buffer as ArrayBuffer;
    const index = isSparse ? { index: 'packed' as const } : {};
    return encodeFrame({ ...key, tensor: { shape, dtype, data, ...index } }).length;
  }
}

/** In a ring activations tell the period, and what goes back tells what lies behind. */
function timingOf(kind: FrameKind): FrameTiming {
  if (kind === 'activation') return { ...LINK_TIMING, period: SPAN_MS };
  return kind === 'gradient' || kind === 'done' ? { ...LINK_TIMING, ...BEHIND_TIMING } : LINK_TIMING;
}
