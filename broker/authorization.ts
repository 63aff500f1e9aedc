// What each role may publish, subscribe to and receive, derived from the topics of protocol/topics.ts.
// An agent speaks as itself and to its neighbours of the runs whose plan places it, and hears no more.

import { AGENT_VERBS, type Channel, type ParsedTopic, parseTopic, type Topics } from '../protocol/topics.js';
import { covers } from './filters.js';
import type { Plans } from './plans.js';
import type { Identity, Role } from './roles.js';

type Client = Pick<Identity, 'id' | 'role'>;

/**
 * `drop` is for what may have been right a moment ago, such as a frame of a generation that is over:
 * it goes nowhere and is counted. `refuse` is for what is never right: it ends the connection.
 */
export type Verdict = 'allow' | 'drop' | 'refuse';

export interface Authorization {
  mayPublish(client: Client, topic: string, retain: boolean): Verdict;
  maySubscribe(client: Client, filter: string): boolean;
  /** Asked for each delivery, because a subscription outlives the plan that justified it. */
  mayReceive(client: Client, topic: string): boolean;
}

export function authorizationOf(topics: Topics, plans: Plans): Authorization {
  const filters = filtersOf(topics, plans);
  return {
    mayPublish(client, topic, retain) {
      const parsed = parseTopic(topic);
      if (parsed?.fleet !== topics.fleet) return 'refuse';
      if (retain && !isRetainable(parsed)) return 'refuse';
      return PUBLISH_RULES[client.role](client.id, parsed, plans);
    },
    maySubscribe(client, filter) {
      if (filters[client.role](client.id).some((allowed) => covers(allowed, filter))) return true;
      return client.role === 'agent' && isDataOfUnknownRun(filter, topics, plans);
    },
    mayReceive(client, topic) {
      if (client.role === 'operator' && isAssignment(topic)) return false;
      const parsed = client.role === 'agent' ? parseTopic(topic) : null;
      if (parsed?.kind === 'data') return plans.mayRead(parsed.run, client.id, parsed.position);
      return filters[client.role](client.id).some((allowed) => covers(allowed, topic));
    },
  };
}

/** It holds the secrets of direct links, which are for the two ends of each. */
function isAssignment(topic: string): boolean {
  if (!topic.endsWith('/request/assign')) return false;
  const parsed = parseTopic(topic);
  return parsed?.kind === 'agentCommand' && parsed.leaf === 'request' && parsed.verb === 'assign';
}

/** States may be kept for who comes later. A command or a frame that is repeated to a newcomer does harm. */
function isRetainable(topic: ParsedTopic): boolean {
  switch (topic.kind) {
    case 'agent':
      return topic.leaf !== 'telemetry';
    case 'master':
      return true;
    case 'run':
      return topic.leaf === 'status';
    default:
      return false;
  }
}

type PublishRule = (id: string, topic: ParsedTopic, plans: Plans) => Verdict;

const PUBLISH_RULES: Record<Role, PublishRule> = {
  master: (_id, topic) => allowIf(masterMayPublish(topic)),
  agent: agentMayPublish,
  operator: (_id, topic) => allowIf(operatorMayPublish(topic)),
  viewer: () => 'refuse',
};

function masterMayPublish(topic: ParsedTopic): boolean {
  if (topic.kind === 'masterCommand') return topic.leaf === 'response';
  if (topic.kind === 'agentCommand') return topic.leaf === 'request';
  return topic.kind !== 'agent';
}

function agentMayPublish(id: string, topic: ParsedTopic, plans: Plans): Verdict {
  switch (topic.kind) {
    case 'agent':
      return allowIf(topic.agent === id);
    case 'agentCommand':
      return allowIf(topic.agent === id && topic.leaf === 'response');
    case 'run':
      if (topic.leaf !== 'events') return 'refuse';
      return plans.takesPart(topic.run, id) ? 'allow' : 'drop';
    case 'data':
      return plans.mayWrite(topic.run, id, topic.position, topic.channel) ? 'allow' : 'drop';
    default:
      return 'refuse';
  }
}

/** Assigning and releasing boards is the master's: an operator asks it to. */
const OPERATOR_VERBS: ReadonlySet<string> = new Set(
  AGENT_VERBS.filter((verb) => !/^(prepare|supply|assign|release)$/.test(verb)),
);

function operatorMayPublish(topic: ParsedTopic): boolean {
  if (topic.kind === 'masterCommand') return topic.leaf === 'request';
  return topic.kind === 'agentCommand' && topic.leaf === 'request' && OPERATOR_VERBS.has(topic.verb);
}

function filtersOf(topics: Topics, plans: Plans): Record<Role, (id: string) => string[]> {
  const everything = [topics.all()];
  const watching = [
    topics.agentStatus('+'),
    topics.agentInfo('+'),
    topics.agentTelemetry('+'),
    topics.masterStatus(),
    topics.runStatus('+'),
    topics.runMetrics('+'),
    topics.runEvents('+'),
  ];
  return {
    master: () => everything,
    operator: () => everything,
    viewer: () => watching,
    agent: (id) => [
      topics.agentRequest(id, '+'),
      topics.agentStatus(id),
      topics.masterStatus(),
      topics.runStatus('+'),
      ...plans.placementsOf(id).map(({ run, position }) => dataFilter(topics, run, position)),
    ],
  };
}

/**
 * After a restart of the broker the boards are back before the master has published the plan again.
 * They may subscribe then; what they receive is decided frame by frame once the plan is known.
 */
function isDataOfUnknownRun(filter: string, topics: Topics, plans: Plans): boolean {
  if (!covers(dataFilter(topics, '+', '+'), filter)) return false;
  const [run, position] = filter.split('/').slice(-3) as [string, string, string];
  return run !== '+' && position !== '+' && !plans.knows(run);
}

/** All channels of a position. */
function dataFilter(topics: Topics, run: string, position: number | '+'): string {
  return topics.data(run, position, '+' as Channel);
}

function allowIf(condition: boolean): Verdict {
  return condition ? 'allow' : 'refuse';
}
