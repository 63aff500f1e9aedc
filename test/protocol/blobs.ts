// Blobs written by hand from the format's description, and not by the code under test.

import { expect } from 'chai';
import { FrameError } from '../../errors.js';

/** @param header as JSON text, taken as it is: not padded, not checked */
export function blobOf(header: string | Uint8Array, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  const json = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const blob = new Uint8Array(8 + json.length + data.length);
  new DataView(blob.buffer).setBigUint64(0, BigInt(json.length), true);
  blob.set(json, 8);
  blob.set(data, 8 + json.length);
  return blob;
}

/** A header with one tensor `data`, each part of which a test may replace. */
export function headerOf(changes: { metadata?: object; tensor?: object } = {}): string {
  const metadata = { run: 'r', generation: '0', step: '1', micro: '2', kind: 'activation', ...changes.metadata };
  return JSON.stringify({
    __metadata__: metadata,
    data: { dtype: 'F32', shape: [2, 1], data_offsets: [0, 8], ...changes.tensor },
  });
}

/** Runs `decode`, which must fail, and gives the name of the field that it blames. */
export function blamedField(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    if (error instanceof FrameError) return error.field;
    throw error;
  }
  return expect.fail('nothing was refused');
}
