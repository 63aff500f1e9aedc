// The inspector of packet headers, fed in pieces of every size.

import { Readable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { limitBytes, PacketInspector } from '../../broker/limits.js';

const limits = { connectBytes: 100, packetBytes: 20_000 };

function packet(type: number, length: number): Buffer {
  const header = [type << 4];
  let left = length;
  do {
    header.push((left % 128) | (left > 127 ? 128 : 0));
    left = Math.floor(left / 128);
  } while (left > 0);
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, 0xff)]);
}

function inspect(inspector: PacketInspector, bytes: Buffer, size: number): string | null {
  for (let at = 0; at < bytes.length; at += size) {
    const fault = inspector.inspect(bytes.subarray(at, at + size));
    if (fault) return fault;
  }
  return null;
}

describe('packet limits', () => {
  it('let through what is within them, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 5000 }),
        (lengths, size) => {
          const inspector = new PacketInspector(limits);
          const first = inspect(inspector, packet(1, 100), size);
          inspector.accept();
          return first === null && inspect(inspector, Buffer.concat(lengths.map((n) => packet(3, n))), size) === null;
        },
      ),
      { numRuns: 50 },
    );
  });

  it('find the packet that is too big, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 5 }),
        fc.integer({ min: 1, max: 5000 }),
        (lengths, size) => {
          const inspector = new PacketInspector(limits);
          inspector.accept();
          const packets = [packet(1, 0), ...lengths.map((n) => packet(3, n)), packet(3, 20_001)];
          return inspect(inspector, Buffer.concat(packets), size)?.includes('20001') === true;
        },
      ),
      { numRuns: 50 },
    );
  });

  it('refuse by the header alone', () => {
    const inspector = new PacketInspector(limits);
    expect(inspector.inspect(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))).to.contain('268435455');
  });

  it('hold before the login for every packet', () => {
    const inspector = new PacketInspector(limits);
    expect(inspector.inspect(packet(1, 100))).to.equal(null);
    expect(inspector.inspect(packet(3, 101))).to.contain('101');
  });

  it('want a CONNECT first, and a length of at most 4 bytes', () => {
    expect(new PacketInspector(limits).inspect(packet(3, 10))).to.contain('CONNECT');
    expect(new PacketInspector(limits).inspect(Buffer.from([0x10, 255, 255, 255, 255]))).to.contain('4 bytes');
  });

  it('count bytes until the login', () => {
    const stream = new Readable({ read() {} }).on('error', () => {});
    const gate = limitBytes(stream, 10);
    stream.emit('data', Buffer.alloc(10));
    expect(stream.destroyed).to.equal(false);
    gate.accept();
    stream.emit('data', Buffer.alloc(10));
    expect(stream.destroyed).to.equal(false);
    const other = new Readable({ read() {} }).on('error', () => {});
    limitBytes(other, 10);
    other.emit('data', Buffer.alloc(11));
    expect(other.destroyed).to.equal(true);
  });
});
