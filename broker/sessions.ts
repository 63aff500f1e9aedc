// Who is behind each connection. The broker library knows a client by its id alone; this remembers
// the role it was given when it was let in, and whose the ids in use are.

import type { Duplex } from 'node:stream';
import type { Incoming } from './listeners.js';
import type { Identity } from './roles.js';
import type { Spectator } from './spectators.js';

export interface Session {
  readonly identity: Identity;
  readonly spectator: Spectator | null;
}

export class Sessions {
  readonly #incoming = new WeakMap<Duplex, Incoming>();
  readonly #sessions = new WeakMap<Duplex, Session>();
  readonly #connected = new Map<string, Duplex>();

  arrive(incoming: Incoming): void {
    this.#incoming.set(incoming.stream, incoming);
  }

  incomingOf(stream: Duplex): Incoming | undefined {
    return this.#incoming.get(stream);
  }

  begin(stream: Duplex, session: Session): void {
    if (stream.destroyed) return; // while its password was looked at
    this.#sessions.set(stream, session);
    const { id } = session.identity;
    this.#connected.set(id, stream);
    stream.once('close', () => {
      if (this.#connected.get(id) === stream) this.#connected.delete(id);
    });
  }

  of(stream: Duplex): Session | undefined {
    return this.#sessions.get(stream);
  }

  /** Of the client with this id, if it is connected. */
  identityOf(id: string): Identity | undefined {
    const stream = this.#connected.get(id);
    return stream && this.#sessions.get(stream)?.identity;
  }

  /** How many clients of a login are connected. */
  countOf(user: string): number {
    return [...this.#connected.keys()].filter((id) => this.identityOf(id)?.user === user).length;
  }
}
