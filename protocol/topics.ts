// Every topic string of the project, and the geometry of the ring that they follow from.
// Names are one level each, so they may hold neither a separator nor a wildcard [MQTT-4.7.1].

import { ConfigurationError } from '../errors.js';
import type { LinkChannel } from './links.js';
import type { Mode } from './run-spec.js';

export const ROOT = 'ringtmp/v1';

/** The client that leads a fleet's runs, and its name in a run's plan. */
export const MASTER_ID = 'master';

export const AGENT_VERBS = [
  'identify',
  'benchmark',
  'diagnose',
  'restart',
  'prepare',
  'supply',
  'assign',
  'release',
] as const;
export const MASTER_VERBS = ['train', 'stop', 'pause', 'resume', 'checkpoint', 'runs'] as const;
export type AgentVerb = (typeof AGENT_VERBS)[number];
export type MasterVerb = (typeof MASTER_VERBS)[number];

/**
 * The directions in which data-plane frames travel; `weights` carries files to a position: snapshots of its neighbour,
 * layers that it takes over, to the master the trained model.
 */
export const CHANNELS = ['forward', 'backward', 'weights'] as const;
export type Channel = (typeof CHANNELS)[number];

/** What a fleet, a board or a run may be called. */
export const NAME_PATTERN = /^[a-z0-9][a-z0-9_-]{0,62}$/;

export function checkName(kind: string, name: string): string {
  if (NAME_PATTERN.test(name)) return name;
  throw new ConfigurationError(`${kind} name ${JSON.stringify(name)} is not allowed`, {
    remedy: 'Use 1 to 63 lower-case letters, digits, "-" or "_", beginning with a letter or digit.',
  });
}

/** The topics of one fleet. `+` as a name gives the subscription filter. */
export interface Topics {
  readonly fleet: string;
  agentStatus(agent: string): string;
  agentInfo(agent: string): string;
  agentTelemetry(agent: string): string;
  agentRequest(agent: string, verb: string): string;
  agentResponse(agent: string, verb: string): string;
  masterStatus(): string;
  masterRequest(verb: string): string;
  masterResponse(verb: string): string;
  runStatus(run: string): string;
  runMetrics(run: string): string;
  runEvents(run: string): string;
  data(run: string, position: number | '+', channel: Channel): string;
  /** Everything of this fleet. */
  all(): string;
}

export function topicsOf(fleet: string): Topics {
  const base = `${ROOT}/${checkName('fleet', fleet)}`;
  return {
    fleet,
    agentStatus: (agent) => `${base}/agents/${agent}/status`,
    agentInfo: (agent) => `${base}/agents/${agent}/info`,
    agentTelemetry: (agent) => `${base}/agents/${agent}/telemetry`,
    agentRequest: (agent, verb) => `${base}/agents/${agent}/request/${verb}`,
    agentResponse: (agent, verb) => `${base}/agents/${agent}/response/${verb}`,
    masterStatus: () => `${base}/master/status`,
    masterRequest: (verb) => `${base}/master/request/${verb}`,
    masterResponse: (verb) => `${base}/master/response/${verb}`,
    runStatus: (run) => `${base}/runs/${run}/status`,
    runMetrics: (run) => `${base}/runs/${run}/metrics`,
    runEvents: (run) => `${base}/runs/${run}/events`,
    data: (run, position, channel) => `${base}/runs/${run}/${position}/${channel}`,
    all: () => `${base}/#`,
  };
}

/** What a concrete topic (no wildcards) speaks of; `null` when it is none of ours. */
export type ParsedTopic = { readonly fleet: string } & (
  | { readonly kind: 'agent'; readonly agent: string; readonly leaf: 'status' | 'info' | 'telemetry' }
  | {
      readonly kind: 'agentCommand';
      readonly agent: string;
      readonly leaf: 'request' | 'response';
      readonly verb: string;
    }
  | { readonly kind: 'master'; readonly leaf: 'status' }
  | { readonly kind: 'masterCommand'; readonly leaf: 'request' | 'response'; readonly verb: string }
  | { readonly kind: 'run'; readonly run: string; readonly leaf: 'status' | 'metrics' | 'events' }
  | { readonly kind: 'data'; readonly run: string; readonly position: number; readonly channel: Channel }
);

const NAME = '([^/+#]+)';
const PARSERS: readonly [RegExp, (fleet: string, parts: string[]) => ParsedTopic][] = [
  parser(`agents/${NAME}/(status|info|telemetry)`, (fleet, [agent, leaf]) => ({ kind: 'agent', fleet, agent, leaf })),
  parser(`agents/${NAME}/(request|response)/${NAME}`, (fleet, [agent, leaf, verb]) => {
    return { kind: 'agentCommand', fleet, agent, leaf, verb };
  }),
  parser('master/(status)', (fleet, [leaf]) => ({ kind: 'master', fleet, leaf })),
  parser(`master/(request|response)/${NAME}`, (fleet, [leaf, verb]) => ({ kind: 'masterCommand', fleet, leaf, verb })),
  parser(`runs/${NAME}/(status|metrics|events)`, (fleet, [run, leaf]) => ({ kind: 'run', fleet, run, leaf })),
  parser(`runs/${NAME}/([0-9]+)/(forward|backward|weights)`, (fleet, [run, position, channel]) => {
    return { kind: 'data', fleet, run, position: Number(position), channel };
  }),
];

export function parseTopic(topic: string): ParsedTopic | null {
  for (const [pattern, build] of PARSERS) {
    const match = pattern.exec(topic);
    if (match) return build(match[1] as string, match.slice(2));
  }
  return null;
}

/** The pattern guarantees what the type of `build` cannot know: each part is one of the union's words. */
// biome-ignore lint/suspicious/noExplicitAny: the regular expression is the check
function parser(tail: string, build: (fleet: string, parts: any[]) => ParsedTopic): (typeof PARSERS)[number] {
  return [new RegExp(`^${ROOT}/${NAME}/${tail}$`), build];
}

/** The position clockwise of `position` in a ring of a master (0) and `workers` boards (1..workers). */
export function clockwise(position: number, workers: number): number {
  return (position + 1) % (workers + 1);
}

export function anticlockwise(position: number, workers: number): number {
  return (position + workers) % (workers + 1);
}

/** Where a position stands: in a ring or a star of the master (0) and so many boards (1..workers). */
export interface Standing {
  readonly mode: Mode;
  readonly position: number;
  readonly workers: number;
}

/** A way that frames take: to whose channel, or from whom on one's own. */
export interface Route {
  readonly peer: number;
  readonly channel: LinkChannel;
}

/**
 * Where a position's frames go. Ring: activations to the next, gradients to the one before (position 1's is the
 * master: its `done` closes the ring). Star: from the server to all workers, from a worker to the server.
 */
export function routesFrom({ mode, position, workers }: Standing): Route[] {
  if (mode === 'star') return position === 0 ? allWorkers(workers, 'forward') : [{ peer: 0, channel: 'backward' }];
  return [
    { peer: clockwise(position, workers), channel: 'forward' },
    { peer: anticlockwise(position, workers), channel: 'backward' },
  ];
}

/** From whom frames come, and on which of the position's own channels. */
export function routesTo({ mode, position, workers }: Standing): Route[] {
  if (mode === 'star') return position === 0 ? allWorkers(workers, 'backward') : [{ peer: 0, channel: 'forward' }];
  return [
    { peer: anticlockwise(position, workers), channel: 'forward' },
    { peer: clockwise(position, workers), channel: 'backward' },
  ];
}

function allWorkers(workers: number, channel: LinkChannel): Route[] {
  return Array.from({ length: workers }, (_, index) => ({ peer: index + 1, channel }));
}

/** Whether a position may publish to that data topic: where its frames go, and a file to any of its run. */
export function mayWrite(standing: Standing, to: { readonly position: number; readonly channel: Channel }): boolean {
  if (to.channel === 'weights') return to.position <= standing.workers;
  return routesFrom(standing).some(({ peer, channel }) => peer === to.position && channel === to.channel);
}
