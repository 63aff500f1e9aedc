// Who a client is. A login's user name must be its client id, so that the id in a topic can be
// trusted; a client without a user name comes in from this machine only, and only where that is wanted.

import { NAME_PATTERN } from '../protocol/topics.js';
import type { CredentialStore } from './credentials.js';
import { type Identity, MASTER_ID, type Role } from './roles.js';

/** What a CONNECT packet and the connection under it tell. */
export interface Attempt {
  readonly clientId: string;
  readonly userName: string | undefined;
  readonly password: Uint8Array | undefined;
  /** From this machine, and not by way of a web page of somebody else. */
  readonly local: boolean;
}

export interface AuthenticationPolicy {
  /** None: for trying out on one machine. Any login from this machine is believed without a password. */
  readonly credentials: CredentialStore | undefined;
  readonly anonymousOnLoopback: Role | null;
  /** Whether a client with this id is connected that came with a login. */
  isLoggedIn(id: string): boolean;
}

/** `returnCode` is the one of CONNACK: 2 identifier rejected, 4 bad credentials, 5 not authorized [MQTT-3.2.2.3]. */
export interface Refusal {
  readonly returnCode: 2 | 4 | 5;
  readonly reason: string;
}

/** Tools make up ids such as `auto-1A2B` and `mosq-AbC`: capitals are allowed, separators and wildcards never. */
const ANONYMOUS_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

const TRYING_OUT_ONLY_HERE = refusal(5, 'without credentials only clients on this machine are let in');
const BAD_PASSWORD = refusal(4, 'unknown user name or wrong password');

export async function authenticate(attempt: Attempt, policy: AuthenticationPolicy): Promise<Identity | Refusal> {
  if (attempt.userName === undefined) return anonymous(attempt, policy);
  const { clientId: id, userName } = attempt;
  if (!NAME_PATTERN.test(id)) return refusal(2, `client id ${JSON.stringify(id)} is not allowed`);
  if (userName !== id) return refusal(5, `user name ${JSON.stringify(userName)} is not the client id ${id}`);
  if (!policy.credentials) return attempt.local ? believed(id) : TRYING_OUT_ONLY_HERE;
  const role = await policy.credentials.verify(id, attempt.password ?? '');
  return role ? { id, role, login: true } : BAD_PASSWORD;
}

async function anonymous(attempt: Attempt, policy: AuthenticationPolicy): Promise<Identity | Refusal> {
  const { clientId: id } = attempt;
  const role = policy.anonymousOnLoopback;
  if (!role || !attempt.local) return refusal(5, 'a user name and password are needed');
  if (!ANONYMOUS_ID.test(id)) return refusal(2, `client id ${JSON.stringify(id)} is not allowed`);
  // A second CONNECT with an id ends the first connection [MQTT-3.1.4-2]: a stranger must not do that to a board.
  if (await policy.credentials?.knows(id)) return refusal(2, `client id ${id} needs a login`);
  if (policy.isLoggedIn(id)) return refusal(2, `client id ${id} is connected with a login`);
  return { id, role, login: false };
}

/** For trying out on one machine: a name is enough. */
function believed(id: string): Identity {
  return { id, role: id === MASTER_ID ? 'master' : 'agent', login: true };
}

function refusal(returnCode: Refusal['returnCode'], reason: string): Refusal {
  return { returnCode, reason };
}
