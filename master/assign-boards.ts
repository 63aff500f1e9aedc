// Gives every position of a plan to its board, and takes it back. Between two generations: asks the boards what they
// have of the run, and to give each other what is lacking.

import { RemoteError, TimeoutError } from '../errors.js';
import {
  type Assignment,
  type LastFigures,
  lastFiguresSchema,
  type PlanEntry,
  preparedSchema,
  type SnapshotEntry,
} from '../protocol/assignment.js';
import type { Peers } from '../protocol/links.js';
import type { BoardFigures } from '../protocol/run-messages.js';
import type { AgentVerb, Topics } from '../protocol/topics.js';
import { request } from '../transport/request-client.js';
import type { Transport } from '../transport/transport.js';
import type { Plan } from './planner.js';
import { type Cut, neededFor, type Transfer } from './recovery/holdings.js';
import type { RunRecord } from './run-record.js';

/** Building a stage of a few hundred megabytes takes seconds on a small board; so does reading it from its disk. */
const ASSIGN_TIMEOUT_MS = 60_000;
/** It gives up what it holds and reads its snapshots. A board that is stopped in its tracks never answers. */
const PREPARE_TIMEOUT_MS = 10_000;
const SUPPLY_TIMEOUT_MS = 120_000;
const ANSWER_TIMEOUT_MS = 2_000;
const RELEASE_TIMEOUT_MS = 3_000;

/** Where a generation begins: snapshots are for the boards, whose the master's own are not. */
type Beginning = Pick<Cut, 'step'> & Partial<Cut>;

/** @param links by position; null when all frames go through the fleet's broker */
export function assignmentOf(
  { name, generation, spec, source }: RunRecord,
  plan: Plan,
  links: readonly Peers[] | null,
  position: number,
  cut: Beginning | null = null,
): Assignment {
  const { firstLayer, endLayer } = plan.entries[position] as Plan['entries'][number];
  // The workers of a star pull what they need.
  const snapshots = spec.mode === 'star' ? [] : neededFor({ firstLayer, endLayer }, cut?.snapshots ?? []);
  return {
    run: name,
    generation,
    position,
    workers: plan.entries.length - 1,
    firstLayer,
    endLayer,
    window: plan.windows[position] as number,
    inputShape: [...source.train.sampleShape],
    links: links?.[position] ? [...links[position]] : null,
    ...(cut && { start: { step: cut.step, snapshots } }),
    ...(plan.shares && { shares: [...plan.shares] }),
    ...(spec.star.data === 'local' && meaningOf(source)),
    spec,
  };
}

/** What boards that read their own files need for their samples and targets to mean the same. */
function meaningOf({ classNames, features }: RunRecord['source']): Pick<Assignment, 'classNames' | 'features'> {
  return {
    ...(classNames && { classNames: [...classNames] }),
    ...(features && { features: [...features] }),
  };
}

/** @throws RemoteError naming a board that cannot take its part, TimeoutError when one does not answer, the signal's reason */
export async function assignBoards(
  transport: Transport,
  topics: Topics,
  record: RunRecord,
  plan: Plan,
  links: readonly Peers[] | null,
  cut: Cut | null,
  signal: AbortSignal,
): Promise<void> {
  const boards = plan.entries.filter(({ position }) => position > 0);
  const assign = (agent: string, position: number) => {
    return ask(
      transport,
      topics,
      agent,
      'assign',
      assignmentOf(record, plan, links, position, cut),
      ASSIGN_TIMEOUT_MS,
      signal,
    ).catch((error) => {
      throw error instanceof RemoteError ? atBoard(agent, error) : error;
    });
  };
  await Promise.all(boards.map(({ agent, position }) => assign(agent, position)));
}

/** A board says what is wrong with itself, not who it is. */
function atBoard(agent: string, { code, message, remedy }: RemoteError): RemoteError {
  return new RemoteError({ code, message: `board ${agent}: ${message}`, ...(remedy !== undefined && { remedy }) });
}

/** Those that do not answer in time to the simplest of questions, which takes no compute thread. */
export async function silentBoards(
  transport: Transport,
  topics: Topics,
  plan: readonly PlanEntry[],
  signal: AbortSignal,
): Promise<PlanEntry[]> {
  const boards = plan.filter(({ position }) => position > 0);
  const answers = await Promise.allSettled(
    boards.map(({ agent }) => ask(transport, topics, agent, 'diagnose', {}, ANSWER_TIMEOUT_MS, signal)),
  );
  return boards.filter((_, index) => {
    const answer = answers[index];
    return answer?.status === 'rejected' && answer.reason instanceof TimeoutError;
  });
}

export interface PrepareListener {
  /** Told of a board that does not answer. */
  onSilent(agent: string): void;
  /** Of one that does, with the last figures of the position that it gave up for it, if it had one. */
  onGivenUp(board: Pick<BoardFigures, 'agent' | 'figures'>): void;
}

/**
 * @returns what each board has of the run on its disk
 * @throws TimeoutError when a board does not answer, the signal's reason
 */
export async function prepareBoards(
  transport: Transport,
  topics: Topics,
  { name: run, generation }: RunRecord,
  { entries }: Plan,
  signal: AbortSignal,
  { onSilent, onGivenUp }: PrepareListener,
): Promise<Map<string, SnapshotEntry[]>> {
  const workers = entries.length - 1;
  const prepare = async ({ agent, position }: PlanEntry): Promise<[string, SnapshotEntry[]]> => {
    const body = { run, generation, position, workers };
    const answer = await ask(transport, topics, agent, 'prepare', body, PREPARE_TIMEOUT_MS, signal).catch((error) => {
      if (error instanceof TimeoutError) onSilent(agent);
      throw error;
    });
    const { figures } = lastFiguresSchema.safeParse(answer).data ?? NO_FIGURES;
    onGivenUp({ agent, figures });
    return [agent, preparedSchema.parse(answer).snapshots];
  };
  return new Map(await Promise.all(entries.filter(({ position }) => position > 0).map(prepare)));
}

/** Has a board give a snapshot to a position; resolves when the broker has all of it. */
export async function askToSupply(
  transport: Transport,
  topics: Topics,
  { name: run }: RunRecord,
  { from, snapshot }: Transfer,
  to: number,
  signal: AbortSignal,
): Promise<void> {
  await ask(transport, topics, from, 'supply', { run, to, snapshot }, SUPPLY_TIMEOUT_MS, signal);
}

/**
 * Boards that do not answer have nothing to release any more.
 * @param isThere whether a board need be asked
 * @returns the last figures of each, in the order of the positions
 */
export async function releaseBoards(
  transport: Transport,
  topics: Topics,
  { name, plan }: { readonly name: string; readonly plan: readonly Pick<PlanEntry, 'agent' | 'position'>[] },
  isThere: (agent: string) => boolean,
): Promise<BoardFigures[]> {
  const release = async ({ agent, position }: Pick<PlanEntry, 'agent' | 'position'>): Promise<BoardFigures> => {
    if (!isThere(agent)) return { position, agent, ...NO_FIGURES };
    const answer = await ask(transport, topics, agent, 'release', { run: name }, RELEASE_TIMEOUT_MS).catch(() => null);
    return { position, agent, ...(lastFiguresSchema.safeParse(answer).data ?? NO_FIGURES) };
  };
  return Promise.all(plan.filter(({ position }) => position > 0).map(release));
}

const NO_FIGURES: LastFigures = { figures: null, rssBytes: null, peakRssBytes: null };

function ask(
  transport: Transport,
  topics: Topics,
  agent: string,
  verb: AgentVerb,
  body: object,
  timeoutMs: number,
  signal?: AbortSignal,
) {
  return request(transport, {
    requestTopic: topics.agentRequest(agent, verb),
    responseTopic: topics.agentResponse(agent, verb),
    body,
    timeoutMs,
    whom: `board ${agent}`,
    ...(signal && { signal }),
  });
}
