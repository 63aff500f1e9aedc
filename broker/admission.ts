// How many connections may be open, and how many of them may be without a login and for how long:
// so that nobody can fill the broker up from outside by only connecting.

import type { Socket } from 'node:net';
import { ConnectionError } from '../errors.js';

export interface AdmissionLimits {
  readonly maxConnections: number;
  /** Connections whose client has not logged in yet. */
  readonly maxWaiting: number;
  readonly connectTimeoutMs: number;
}

export class Admission {
  readonly #open = new Set<Socket>();
  readonly #waiting = new Map<Socket, NodeJS.Timeout>();

  constructor(readonly limits: AdmissionLimits) {}

  /** Takes a new connection in, or ends it when there are too many. */
  enter(socket: Socket): boolean {
    if (this.#open.size >= this.limits.maxConnections || this.#waiting.size >= this.limits.maxWaiting) {
      socket.destroy();
      return false;
    }
    this.#open.add(socket);
    const late = new ConnectionError(`no login within ${this.limits.connectTimeoutMs} ms`);
    this.#waiting.set(
      socket,
      setTimeout(() => socket.destroy(late), this.limits.connectTimeoutMs),
    );
    socket.once('close', () => {
      this.accept(socket);
      this.#open.delete(socket);
    });
    return true;
  }

  /** The client has logged in. */
  accept(socket: Socket): void {
    clearTimeout(this.#waiting.get(socket));
    this.#waiting.delete(socket);
  }

  /** Ends every connection that is left. */
  close(): void {
    for (const socket of this.#open) socket.destroy();
  }
}
