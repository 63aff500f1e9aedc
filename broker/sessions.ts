// Who is behind each connection. The broker library knows a client by its id alone; this remembers
// the role it was given when it was let in, and which ids are in use by a login.

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
  readonly #logins = new Map<string, Duplex>();

  arrive(incoming: Incoming): void {
    this.#incoming.set(incoming.stream, incoming);
  }

  incomingOf(stream: Duplex): Incoming | undefined {
    return this.#incoming.get(stream);
  }

  begin(stream: Duplex, session: Session): void {
    this.#sessions.set(stream, session);
    const { id, user } = session.identity;
    if (user === null) return;
    this.#logins.set(id, stream);
    stream.once('close', () => {
      if (this.#logins.get(id) === stream) this.#logins.delete(id);
    });
  }

  of(stream: Duplex): Session | undefined {
    return this.#sessions.get(stream);
  }

  /** Of the client with this id, if it is connected and came with a login. */
  userOf(id: string): string | undefined {
    const stream = this.#logins.get(id);
    return (stream && this.#sessions.get(stream)?.identity.user) ?? undefined;
  }
}
