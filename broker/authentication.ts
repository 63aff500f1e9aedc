// Who a client is. The user name of a master and of an agent must be its client id, so that the id in a topic can be trusted;
// people have several programs, each with an id of its own. A client without a user name comes in from this machine only, and
// only where that is wanted.

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
  /** Of the client with this id, if it is connected. */
  identityOf(id: string): Identity | undefined;
  /** How many clients of a login are connected. */
  countOf(user: string): number;
}

type Login = Identity & { readonly user: string };

/** `returnCode` is the one of CONNACK: 2 identifier rejected, 4 bad credentials, 5 not authorized [MQTT-3.2.2.3]. */
export interface Refusal {
  readonly returnCode: 2 | 4 | 5;
  readonly reason: string;
}

/** Of programs, which make up ids such as `auto-1A2B` and `mosq-AbC`: capitals are allowed, separators and wildcards never. */
const ANY_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** One password must not take the place of a fleet's boards. */
const MOST_OF_A_LOGIN = 32;

const TRYING_OUT_ONLY_HERE = refusal(5, 'without credentials only clients on this machine are let in');
const BAD_PASSWORD = refusal(4, 'unknown user name or wrong password');

export async function authenticate(attempt: Attempt, policy: AuthenticationPolicy): Promise<Identity | Refusal> {
  if (attempt.userName === undefined) return anonymous(attempt, policy);
  const { clientId: id, userName: user, password = '', local } = attempt;
  if (!(id === user ? NAME_PATTERN : ANY_ID).test(id)) return notAllowed(id);
  if (!policy.credentials && !local) return TRYING_OUT_ONLY_HERE;
  const role = policy.credentials ? await policy.credentials.verify(user, password) : believed(id, user);
  if (!role) return BAD_PASSWORD;
  const identity = { id, role, user };
  return id === user ? identity : ((await otherwiseCalled(identity, policy)) ?? identity);
}

/** A client of a login whose id is not its name. */
async function otherwiseCalled({ id, role, user }: Login, policy: AuthenticationPolicy): Promise<Refusal | null> {
  if (role === 'master' || role === 'agent') return refusal(5, `${role} ${user} needs ${user} as client id, not ${id}`);
  const taken = await takenBy(id, user, policy);
  if (taken) return taken;
  // Last: whoever comes while another is looked at would not be counted.
  const isOneTooMany = policy.countOf(user) >= MOST_OF_A_LOGIN;
  return isOneTooMany ? refusal(5, `${user} is connected ${MOST_OF_A_LOGIN} times already`) : null;
}

async function anonymous(attempt: Attempt, policy: AuthenticationPolicy): Promise<Identity | Refusal> {
  const { clientId: id } = attempt;
  const role = policy.anonymousOnLoopback;
  if (!role || !attempt.local) return refusal(5, 'a user name and password are needed');
  if (!ANY_ID.test(id)) return notAllowed(id);
  return (await takenBy(id, null, policy)) ?? { id, role, user: null };
}

/** A second CONNECT with an id ends the first connection [MQTT-3.1.4-2]: a stranger must not do that to a board. */
async function takenBy(id: string, user: string | null, policy: AuthenticationPolicy): Promise<Refusal | null> {
  if (await policy.credentials?.knows(id)) return refusal(2, `client id ${id} is the name of another login`);
  const owner = policy.identityOf(id);
  return owner === undefined || owner.user === user ? null : refusal(2, `client id ${id} is somebody else's`);
}

/** For trying out on one machine: a name is enough. Whose id is not its name is no board. */
function believed(id: string, user: string): Role {
  if (id !== user) return 'operator';
  return id === MASTER_ID ? 'master' : 'agent';
}

function notAllowed(id: string): Refusal {
  return refusal(2, `client id ${JSON.stringify(id)} is not allowed`);
}

function refusal(returnCode: Refusal['returnCode'], reason: string): Refusal {
  return { returnCode, reason };
}
