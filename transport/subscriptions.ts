// Who wants which messages: the handlers of one transport by filter, and the dispatch of what arrives.
// It outlives the connection, so that a reconnect can ask the broker for all of it again.

import { reportOf } from '../errors.js';
import { compileFilter, hasWildcard, type TopicPredicate } from './topic-filter.js';
import type { MessageHandler, QualityOfService } from './transport.js';
import type { TransportLog } from './transport-log.js';

export interface Registration {
  readonly filter: string;
  readonly qos: QualityOfService;
  readonly handler: MessageHandler;
  /** Topics whose retained message this handler has had, since a later SUBSCRIBE repeats it [MQTT-3.8.4-3]. */
  readonly retainedSeen: Set<string>;
  open: boolean;
}

interface Group {
  readonly match: TopicPredicate;
  /** Replaced, never changed: a handler may subscribe or close while a message is being dispatched. */
  members: readonly Registration[];
}

export interface Subscriptions {
  add(filter: string, handler: MessageHandler, qos: QualityOfService): Registration;
  /** Delivery stops at once. True when nobody else is left on that filter. */
  remove(registration: Registration): boolean;
  /** Every filter with the highest quality of service that any of its handlers asked for. */
  filters(): [filter: string, qos: QualityOfService][];
  qosOf(filter: string): QualityOfService;
  dispatch(topic: string, payload: Uint8Array, retained: boolean): void;
  /** After a reconnect every retained message is news again. */
  forgetRetained(): void;
}

export function createSubscriptions(log?: TransportLog): Subscriptions {
  const exact = new Map<string, Group>();
  const wildcards = new Map<string, Group>();
  const tableOf = (filter: string) => (hasWildcard(filter) ? wildcards : exact);

  function qosOf(filter: string): QualityOfService {
    return tableOf(filter)
      .get(filter)
      ?.members.some((member) => member.qos === 1)
      ? 1
      : 0;
  }

  function deliver(group: Group, topic: string, payload: Uint8Array, retained: boolean): void {
    for (const member of group.members) {
      if (!member.open || (retained && alreadySeen(member, topic))) continue;
      try {
        member.handler(topic, payload);
      } catch (error) {
        // One faulty handler must not cost the others their message, nor the connection its parser.
        log?.error({ topic, filter: member.filter, error: reportOf(error) }, 'a message handler failed');
      }
    }
  }

  return {
    add(filter, handler, qos) {
      const registration: Registration = { filter, handler, qos, retainedSeen: new Set(), open: true };
      const table = tableOf(filter);
      const group = table.get(filter) ?? { match: compileFilter(filter), members: [] };
      group.members = [...group.members, registration];
      table.set(filter, group);
      return registration;
    },
    remove(registration) {
      registration.open = false;
      const table = tableOf(registration.filter);
      const group = table.get(registration.filter);
      if (!group?.members.includes(registration)) return false;
      group.members = group.members.filter((member) => member !== registration);
      return group.members.length === 0 && table.delete(registration.filter);
    },
    filters: () => [...exact.keys(), ...wildcards.keys()].map((filter) => [filter, qosOf(filter)]),
    qosOf,
    dispatch(topic, payload, retained) {
      const group = exact.get(topic);
      if (group) deliver(group, topic, payload, retained);
      for (const candidate of wildcards.values()) {
        if (candidate.match(topic)) deliver(candidate, topic, payload, retained);
      }
    },
    forgetRetained() {
      for (const group of [...exact.values(), ...wildcards.values()]) {
        for (const member of group.members) member.retainedSeen.clear();
      }
    },
  };
}

function alreadySeen(member: Registration, topic: string): boolean {
  if (member.retainedSeen.has(topic)) return true;
  member.retainedSeen.add(topic);
  return false;
}
