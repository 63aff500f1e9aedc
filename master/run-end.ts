// A run lets go of its boards, its folder and the broker: because it has ended, or because the next master is to take it
// up. Nothing of it is under way any more then.

import { RemoteError, reportOf } from '../errors.js';
import { peakRssBytes } from '../hardware/board.js';
import type { NodeFigures } from '../protocol/node-figures.js';
import type { BoardFigures } from '../protocol/run-messages.js';
import { MASTER_ID, type Topics } from '../protocol/topics.js';
import { atMost } from '../transport/at-most.js';
import type { Subscription, Transport } from '../transport/transport.js';
import { releaseBoards } from './assign-boards.js';
import { ownSnapshots } from './generation.js';
import type { Logger } from './master.js';
import type { Generations } from './recovery/generations.js';
import type { Regrouping } from './recovery/regrouping.js';
import type { Ending } from './recovery/run-history.js';
import type { RunRecord } from './run-record.js';
import type { StatusPublisher } from './status-publisher.js';

/** What is let go of. */
export interface RunParts {
  readonly record: RunRecord;
  readonly generations: Generations;
  readonly regrouping: Regrouping;
  readonly publisher: StatusPublisher;
  /** Of what the boards tell; null where it did not come to that. */
  readonly events: Subscription | null;
  readonly transport: Transport;
  readonly topics: Topics;
  readonly log: Logger;
}

/** A disk that takes the announcement no sooner would not take the final state either. */
const ANNOUNCE_MS = 5000;

/** Boards keep what the run goes on from. */
export async function leaveRun({ record, generations, publisher, events }: RunParts): Promise<void> {
  await generations.close();
  record.enter('recovering');
  record.note = 'the master is away';
  await record.folder.close();
  await publisher.close();
  await events?.close();
}

/** Announced before boards delete what the run would go on from: a master that dies meanwhile leaves nothing half done. */
export async function endRun(parts: RunParts, state: Ending['state'], error?: unknown): Promise<void> {
  const { record, generations } = parts;
  const figures = record.figures();
  record.figures = () => figures;
  await generations.close();
  await atMost(ANNOUNCE_MS, record.announceEnd(state, error));
  const boards = await release(parts);
  await keepFigures(parts, [ownFigures(figures), ...boards]);
  await letGo(parts, state, error);
}

/** What the master before this one announced. What the positions counted is lost with it, or in the run's folder. */
export async function completeEnd(parts: RunParts, { state, error }: Ending): Promise<void> {
  await release(parts);
  await letGo(parts, state, error && new RemoteError(error));
}

async function letGo({ record, publisher, events }: RunParts, state: Ending['state'], error: unknown): Promise<void> {
  await ownSnapshots(record).remove();
  record.note = null;
  record.enter(state, error);
  await record.folder.close();
  await publisher.close();
  await events?.close();
}

/**
 * Of all that ever had a part in it, as far as they are there.
 * @returns what each tells of the last generation: of those that had no part in that, the size of their process alone
 */
async function release({ record, generations, regrouping, transport, topics }: RunParts): Promise<BoardFigures[]> {
  const isOfNow = (agent: string) => record.plan.some((each) => each.agent === agent);
  const former = [...generations.tookPart.values()].filter(({ agent }) => !isOfNow(agent));
  const run = { name: record.name, plan: [...record.plan, ...former] };
  const all = await releaseBoards(transport, topics, run, (agent) => regrouping.isThere(agent));
  // What a former one counted was added up when its generation ended.
  return all.map((board) => (isOfNow(board.agent) ? board : { ...board, figures: null }));
}

async function keepFigures({ record, generations, log }: RunParts, last: readonly BoardFigures[]): Promise<void> {
  const all = last.map((board) => generations.earlier.sumWith(board));
  await record.keepFigures(all).catch((cause) => {
    log.warn({ run: record.name, error: reportOf(cause) }, 'the figures of the run cannot be written');
  });
}

function ownFigures(figures: NodeFigures | null): BoardFigures {
  const rssBytes = process.memoryUsage.rss();
  return { position: 0, agent: MASTER_ID, figures, rssBytes, peakRssBytes: peakRssBytes() };
}
