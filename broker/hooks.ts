// The broker library's hooks, in terms of this project's rules: who comes in, what it may publish,
// subscribe to and receive. Nothing here decides; it asks authentication.ts and authorization.ts.

import type { Client } from 'aedes';
import { CommandError, ConnectionError, reportOf } from '../errors.js';
import { parseTopic } from '../protocol/topics.js';
import type { Hooks } from './aedes.js';
import { type Attempt, type AuthenticationPolicy, authenticate, type Refusal } from './authentication.js';
import type { Authorization } from './authorization.js';
import type { Logger } from './log.js';
import type { Plans } from './plans.js';
import type { Identity } from './roles.js';
import type { Sessions } from './sessions.js';
import { type SpectatorLimits, spectate } from './spectators.js';

export interface HookOptions {
  readonly policy: AuthenticationPolicy;
  readonly authorization: Authorization;
  readonly plans: Plans;
  readonly sessions: Sessions;
  readonly spectators: SpectatorLimits;
  readonly counts: Counts;
  readonly log: Logger;
}

/** What the broker turned away since it started. */
export interface Counts {
  /** Publishes that went nowhere because their run or generation is over. */
  dropped: number;
  /** Publishes that ended their connection. */
  refused: number;
  /** Messages that a spectator missed because it was too slow. */
  missed: number;
}

type ConnectPacket = Parameters<Hooks['preConnect']>[1];
type PublishPacket = Parameters<Hooks['authorizePublish']>[1];
type Verdict = Parameters<Parameters<Hooks['authenticate']>[3]>[0];

export function hooksOf(options: HookOptions): Hooks {
  const wills = new WeakMap<Client, ConnectPacket['will']>();
  return {
    preConnect(client, packet, done) {
      wills.set(client, packet.will);
      // Sessions that outlive their connection would queue messages without bound, and stale commands.
      packet.clean = true;
      done(null, true);
    },
    authenticate(client, userName, password, done) {
      const attempt: Attempt = {
        clientId: client.id,
        userName: userName ?? undefined,
        password,
        local: options.sessions.incomingOf(client.conn)?.local ?? false,
      };
      comeIn(client, attempt, wills.get(client), options).then(
        (refusal) => done(refusal && refusedError(refusal), refusal === null),
        (error) => done(unavailable(error, options.log), false),
      );
    },
    authorizePublish: (client, packet, done) => done(publishing(client, packet, options)),
    authorizeSubscribe(client, subscription, done) {
      const session = options.sessions.of(client.conn);
      const allowed = session && options.authorization.maySubscribe(session.identity, subscription.topic);
      if (!allowed) options.log.warn({ client: client.id, filter: subscription.topic }, 'subscription refused');
      done(null, allowed ? subscription : null); // null is failure 0x80 in the SUBACK [MQTT-3.9.3-2]
    },
    authorizeForward(client, packet) {
      const session = options.sessions.of(client.conn);
      if (!session || !options.authorization.mayReceive(session.identity, packet.topic)) return null;
      if (!session.spectator?.isBehind()) return packet;
      options.counts.missed++;
      return null;
    },
  };
}

/** Lets a client in, or says why not. Its will is checked here, since later nobody could tell it [MQTT-3.1.2-8]. */
async function comeIn(
  client: Client,
  attempt: Attempt,
  will: ConnectPacket['will'],
  options: HookOptions,
): Promise<Refusal | null> {
  const result = await authenticate(attempt, options.policy);
  const refusal = 'reason' in result ? result : willRefusal(result, will, options.authorization);
  if ('reason' in result || refusal) {
    const { clientId, userName, local } = attempt;
    options.log.warn({ clientId, userName, local, reason: refusal?.reason }, 'client refused');
    return refusal;
  }
  const looksOn = result.role === 'operator' || result.role === 'viewer';
  const spectator = looksOn ? spectate(client.conn, options.spectators) : null;
  options.sessions.begin(client.conn, { identity: result, spectator });
  options.sessions.incomingOf(client.conn)?.accept();
  return null;
}

function willRefusal(who: Identity, will: ConnectPacket['will'], authorization: Authorization): Refusal | null {
  if (!will || authorization.mayPublish(who, will.topic, will.retain === true) === 'allow') return null;
  return { returnCode: 5, reason: `${who.role} ${who.id} may not have a will on ${will.topic}` };
}

function publishing(client: Client | null, packet: PublishPacket, options: HookOptions): Error | null {
  const session = client && options.sessions.of(client.conn);
  if (!session) return new ConnectionError('nobody is behind this publish');
  const { id, role } = session.identity;
  const { topic, retain } = packet;
  const verdict = options.authorization.mayPublish(session.identity, topic, retain);
  if (verdict === 'refuse') {
    options.counts.refused++;
    options.log.warn({ client: id, topic, retain }, 'publish refused, connection ended');
    return new CommandError(`${role} ${id} may not publish ${retain ? 'retained ' : ''}to ${topic}`);
  }
  if (verdict === 'drop') divert(packet, options.counts);
  else if (role === 'master') learn(packet, options.plans);
  return null;
}

const NOWHERE = '$dropped';
const NOTHING = Buffer.alloc(0);

/**
 * The library knows only "go on" and "end the connection". A stale frame is neither: it is sent on,
 * empty, to a topic outside the fleet, to which nobody may subscribe. Its publisher gets its PUBACK.
 */
function divert(packet: PublishPacket, counts: Counts): void {
  counts.dropped++;
  packet.topic = NOWHERE;
  packet.payload = NOTHING;
  packet.retain = false;
}

function learn(packet: PublishPacket, plans: Plans): void {
  const topic = parseTopic(packet.topic);
  if (topic?.kind === 'run' && topic.leaf === 'status') plans.observe(topic.run, packet.payload);
}

function refusedError({ returnCode, reason }: Refusal): Verdict {
  return Object.assign(new ConnectionError(reason), { returnCode }) as Verdict;
}

function unavailable(error: unknown, log: Logger): Verdict {
  log.error({ error: reportOf(error) }, 'cannot check a login');
  return Object.assign(new ConnectionError('cannot check a login'), { returnCode: 3 }) as unknown as Verdict;
}
