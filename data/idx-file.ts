// IDX, the file format of MNIST (LeCun, "The MNIST database", 1998), big-endian throughout:
// two zero bytes, a type, the number of dimensions, each dimension as uint32, then the values row-major.

import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { DataError } from '../errors.js';
import { unreadable } from './unreadable.js';

export interface IdxArray {
  readonly path: string;
  readonly dimensions: readonly number[];
  /** Row-major, a view into the file. */
  readonly values: Uint8Array;
}

/** What Node reads at once; unzipped too, for a small file may unzip to anything. */
export const MOST_BYTES = 2 ** 31 - 1;
const UNSIGNED_BYTE = 0x08;
const MAGIC_BYTES = 4;
const DOWNLOAD_AGAIN = 'Download the file again, or check that it is the one you mean.';

/** Reads an IDX file of unsigned bytes, gzipped or not, whatever its name. @throws DataError */
export async function readIdx(path: string): Promise<IdxArray> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  const zipped = bytes[0] === 0x1f && bytes[1] === 0x8b; // RFC 1952, section 2.3.1
  return parseIdx(zipped ? await unzip(path, bytes) : bytes, path);
}

/** @throws DataError when the header is no IDX header or does not fit the length */
export function parseIdx(bytes: Uint8Array, path: string): IdxArray {
  const rank = parseMagic(bytes, path);
  const headerBytes = MAGIC_BYTES + 4 * rank;
  if (bytes.length < headerBytes) {
    throw malformed(path, `ends at byte ${bytes.length}, inside its header of ${headerBytes} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dimensions = Array.from({ length: rank }, (_, axis) => view.getUint32(MAGIC_BYTES + 4 * axis));
  checkLength(path, dimensions, bytes.length - headerBytes);
  return { path, dimensions, values: bytes.subarray(headerBytes) };
}

/** The number of dimensions. */
function parseMagic(bytes: Uint8Array, path: string): number {
  if (bytes.length < MAGIC_BYTES) {
    throw malformed(
      path,
      `is ${bytes.length} bytes long, too short for the ${MAGIC_BYTES} bytes of an IDX magic number`,
    );
  }
  const [first, second, type, rank] = bytes as unknown as [number, number, number, number];
  if (first !== 0 || second !== 0) {
    throw malformed(path, `is no IDX file: bytes 0 and 1 are ${hex(first)} and ${hex(second)} instead of zero`);
  }
  if (type !== UNSIGNED_BYTE) {
    const remedy = 'Convert the values to unsigned bytes.';
    throw malformed(path, `has element type ${hex(type)} at byte 2, expected 0x08 (unsigned byte)`, remedy);
  }
  if (rank === 0) {
    throw malformed(path, 'has 0 dimensions at byte 3, expected at least 1');
  }
  return rank;
}

function checkLength(path: string, dimensions: readonly number[], length: number): void {
  const expected = dimensions.reduce((product, extent) => product * extent, 1);
  if (expected === 0) {
    throw malformed(path, `holds no values: its dimensions are ${dimensions.join(' x ')}`);
  }
  if (expected !== length) {
    throw malformed(
      path,
      `holds ${length} values, but its dimensions ${dimensions.join(' x ')} call for ${expected}: it is ${length < expected ? 'truncated' : 'too long'}`,
    );
  }
}

async function unzip(path: string, bytes: Uint8Array): Promise<Uint8Array> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: MOST_BYTES });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(`${path} is a damaged gzip file: ${reason}`, { cause, remedy: DOWNLOAD_AGAIN });
  }
}

function malformed(path: string, what: string, remedy = DOWNLOAD_AGAIN): DataError {
  return new DataError(`${path} ${what}`, { remedy });
}

function hex(byte: number): string {
  return `0x${byte.toString(16).padStart(2, '0')}`;
}
