// Limits that hold before anybody has logged in. MQTT says how long a packet is in its first two to
// five bytes [MQTT-2.2.3], so a packet that is too big can be refused before any of it is buffered.
// Chunks are looked at as they pass: the cost is per packet, not per byte, and nothing is copied.

import type { Readable } from 'node:stream';
import { ConnectionError } from '../errors.js';

/** What a CONNECT may have: a name, a password and a will take far less. */
export const CONNECT_BYTES = 8 * 1024;

export interface PacketLimits {
  /** The largest packet of a client that has not been let in yet. */
  readonly connectBytes: number;
  /** The largest packet of a client that has. */
  readonly packetBytes: number;
}

/** What stands in a connection's way until its client has been let in. */
export interface Gate {
  accept(): void;
}

const CONNECT = 1;
const MAX_LENGTH_BYTES = 4;

/** Follows the packets of one connection through its chunks. */
export class PacketInspector {
  #limit: number;
  readonly #limits: PacketLimits;
  #begun = false;
  /** Bytes of the fixed header seen so far; the first is the type. */
  #headerBytes = 0;
  #length = 0;
  /** Bytes of the current packet still to come. */
  #remaining = 0;

  constructor(limits: PacketLimits) {
    this.#limits = limits;
    this.#limit = limits.connectBytes;
  }

  accept(): void {
    this.#limit = this.#limits.packetBytes;
  }

  /** What is wrong with the packets that begin in this chunk, or `null`. */
  inspect(chunk: Uint8Array): string | null {
    let at = 0;
    while (at < chunk.length) {
      if (this.#remaining > 0) {
        const passing = Math.min(this.#remaining, chunk.length - at);
        this.#remaining -= passing;
        at += passing;
      } else {
        const fault = this.#header(chunk[at++] as number);
        if (fault) return fault;
      }
    }
    return null;
  }

  #header(byte: number): string | null {
    if (this.#headerBytes++ === 0) {
      if (!this.#begun && byte >> 4 !== CONNECT) return 'the first packet is not a CONNECT'; // [MQTT-3.1.0-1]
      this.#begun = true;
      return null;
    }
    this.#length += (byte & 127) * 128 ** (this.#headerBytes - 2);
    if (byte & 128) return this.#headerBytes > MAX_LENGTH_BYTES ? 'the remaining length has more than 4 bytes' : null;
    return this.#begin();
  }

  #begin(): string | null {
    const length = this.#length;
    this.#headerBytes = 0;
    this.#length = 0;
    this.#remaining = length;
    return length > this.#limit ? `a packet of ${length} bytes is over the limit of ${this.#limit} bytes` : null;
  }
}

/**
 * Puts an inspector before what a stream's source pushes into it. `push` is where both a socket and
 * a WebSocket's stream hand over what they read, so no further stream and no copy is needed.
 */
export function guardPackets(stream: Readable, limits: PacketLimits): Gate {
  const inspector = new PacketInspector(limits);
  const push = stream.push.bind(stream);
  stream.push = (chunk: Uint8Array | null, encoding) => {
    const fault = chunk && inspector.inspect(chunk);
    if (!fault) return push(chunk, encoding);
    stream.destroy(new ConnectionError(fault));
    return false;
  };
  return inspector;
}

/** Ends a stream that brings more than `bytes` before it is accepted, whatever they are. */
export function limitBytes(stream: Readable, bytes: number): Gate {
  let left = bytes;
  const count = (chunk: Uint8Array): void => {
    left -= chunk.length;
    if (left < 0) stream.destroy(new ConnectionError(`more than ${bytes} bytes before the login`));
  };
  stream.on('data', count);
  return { accept: () => stream.off('data', count) };
}
