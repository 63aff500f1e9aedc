import { expect } from 'chai';
import type { Duct } from '../../../benchmarks/transport/duct.js';
import { framingOf } from '../../../benchmarks/transport/framing.js';
import { messageReader } from '../../../benchmarks/transport/raw-tcp.js';
import { drive } from '../../../benchmarks/transport/traffic.js';

describe('the framing of a message', () => {
  it('is counted as MQTT counts it', () => {
    const { tensorBytes, frameBytes, mqttBytes, overhead } = framingOf(128 * 1024);
    expect(tensorBytes).to.equal(131_072);
    // One byte of type, three of length, two of the topic's length, the topic.
    expect(mqttBytes).to.equal(1 + 3 + 2 + 'ringtmp/v1/home/runs/digits-20261121-101502/1/backward'.length);
    expect(overhead).to.equal((frameBytes + mqttBytes) / tensorBytes);
    expect(overhead).to.be.below(0.005);
  });
});

describe('raw TCP', () => {
  it('puts messages together, wherever the stream was cut', () => {
    const messages = [Buffer.from('one'), Buffer.from('three'), Buffer.from('x')];
    const stream = Buffer.concat(
      messages.flatMap((message) => {
        const length = Buffer.alloc(4);
        length.writeUInt32BE(message.length);
        return [length, message];
      }),
    );
    for (let size = 1; size <= stream.length; size++) {
      const read: string[] = [];
      const take = messageReader((payload) => read.push(Buffer.from(payload).toString()));
      for (let at = 0; at < stream.length; at += size) take(stream.subarray(at, at + size));
      expect(read).to.deep.equal(['one', 'three', 'x']);
    }
  });
});

describe('the sender of a hop', () => {
  it('has at most a window of messages under way, and waits for the last receipt', async () => {
    let [underWay, most, sent] = [0, 0, 0];
    const duct: Duct = {
      onMessage: () => undefined,
      send: async () => {
        sent++;
        most = Math.max(most, ++underWay);
        setImmediate(() => {
          underWay--;
          duct.onMessage(new Uint8Array(4));
        });
      },
      close: async () => {},
    };
    const traffic = await drive(duct, { bytes: 8, window: 3, seconds: 0.01 });
    expect(most).to.equal(3);
    expect(underWay).to.equal(0);
    expect(traffic.messages).to.equal(sent).and.to.be.above(0);
    expect(traffic.medianRoundTripMs).to.be.above(0);
  });
});
