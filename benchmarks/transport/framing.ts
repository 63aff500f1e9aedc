// What a message of the data plane takes beyond its tensor: the frame's header and that of MQTT's PUBLISH.

import { encodeFrame, TIMINGS } from '../../protocol/frame.js';
import { topicsOf } from '../../protocol/topics.js';
import type { Section } from '../report/report.js';

const KIB = 1024;
const SAMPLES = 32;
const RUN = 'digits-20261121-101502';
/** A frame of a run that has lasted some minutes carries all of its measurements. */
const TIMING = Object.fromEntries(TIMINGS.map((name) => [name, 123_456.789]));
/** Each byte of the remaining length holds seven bits [MQTT-2.2.3]. */
const BITS = 7;

export interface Framing {
  readonly tensorBytes: number;
  readonly frameBytes: number;
  readonly mqttBytes: number;
  /** Of all that is not the tensor, by the tensor. */
  readonly overhead: number;
}

export function framingOf(tensorBytes: number): Framing {
  const data = new Float32Array(tensorBytes / Float32Array.BYTES_PER_ELEMENT);
  const tensor = { shape: [SAMPLES, data.length / SAMPLES], data };
  const frame = encodeFrame({
    run: RUN,
    generation: 1,
    kind: 'gradient',
    step: 12_345,
    micro: 3,
    tensor,
    timing: TIMING,
  });
  const topic = topicsOf('home').data(RUN, 1, 'backward');
  const remaining = 2 + topic.length + frame.length;
  const mqttBytes = 1 + Math.ceil(Math.log2(remaining + 1) / BITS) + 2 + topic.length;
  const overhead = (frame.length - tensorBytes + mqttBytes) / tensorBytes;
  return { tensorBytes, frameBytes: frame.length - tensorBytes, mqttBytes, overhead };
}

export function framingSection(): Section {
  const { tensorBytes, frameBytes, mqttBytes, overhead } = framingOf(128 * KIB);
  return {
    title: 'Framing',
    about: ['Bytes of a message beyond those of its tensor: the header of the frame and the header of MQTT.'],
    columns: [
      { key: 'tensorBytes', title: 'tensor, bytes' },
      { key: 'frameBytes', title: 'frame, bytes' },
      { key: 'mqttBytes', title: 'MQTT, bytes' },
    ],
    rows: [
      {
        id: 'transport/framing',
        name: 'a gradient of 128 KB',
        values: { tensorBytes, frameBytes, mqttBytes },
        ratio: { value: overhead, min: overhead, max: overhead, to: 'the tensor' },
      },
    ],
    peers: [],
  };
}
