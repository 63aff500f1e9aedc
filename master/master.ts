// The master: knows the fleet, takes commands, and keeps one run at a time.

import type { BlasSettings } from '../compute/engines/blas-library.js';
import { clockIsSet } from '../hardware/board.js';
import type { Emulation } from '../node/emulation.js';
import { topicsOf } from '../protocol/topics.js';
import type { AlarmClock } from '../transport/alarm-clock.js';
import { type Inbox, type OpenInbox, withInbox } from '../transport/inbox.js';
import { type Presence, withPresence } from '../transport/presence.js';
import { serveRequests } from '../transport/request-server.js';
import type { Transport, Will } from '../transport/transport.js';
import { failAbandonedRuns } from './abandoned-runs.js';
import { FleetRegistry } from './fleet-registry.js';
import { RunDesk } from './run-desk.js';

/** What the master needs of a logger; pino's fits. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface MasterOptions {
  readonly fleet: string;
  readonly version: string;
  /** Opens the transport as the master, with that last will. */
  readonly connect: (will: Will) => Promise<Transport>;
  /** What takes direct links from neighbours; none unless told. */
  readonly openInbox?: OpenInbox;
  readonly runsFolder: string;
  /** Whether it takes up the run that the master before it has left there, and leaves its own to the next. */
  readonly resumeRuns?: boolean;
  /** Where runs may read their data, besides the public data sets of this machine. */
  readonly dataFolders: readonly string[];
  /** How long a run waits for its boards to appear. */
  readonly boardsTimeoutMs: number;
  /** The most that the master's own stage may take. */
  readonly memoryBytes: number;
  /** Makes its place in the ring one that is not there, for emulated fleets. */
  readonly emulation?: Emulation | undefined;
  /** For that stage. */
  readonly blas?: BlasSettings;
  /** How long a board that is lost may take to come back to its place in the ring. */
  readonly boardGraceMs?: number;
  /** How long the server of a star waits for a worker that is lost. */
  readonly workerGraceMs?: number;
  /** By which it waits; the computer's unless told. */
  readonly graceClock?: Pick<AlarmClock, 'nowMs' | 'at'>;
  /** Silence after which no more retained statuses of old runs are expected. */
  readonly retainedQuietMs?: number;
  readonly log: Logger;
}

export interface Master {
  /** The run that is on. */
  readonly run: string | null;
  /** Ends the run that is on, says goodbye and lets go of everything. */
  close(): Promise<void>;
}

/** @throws ConnectionError when the broker cannot be reached or refuses the master, or the inbox cannot be opened */
export async function startMaster(options: MasterOptions): Promise<Master> {
  const topic = topicsOf(options.fleet).masterStatus();
  return withPresence({ topic, connect: options.connect }, (presence) => {
    const { localAddress } = presence.transport;
    return withInbox(options.openInbox, localAddress, (inbox) => goOnline(options, presence, inbox));
  });
}

async function goOnline(options: MasterOptions, presence: Presence, inbox: Inbox | null): Promise<Master> {
  const { fleet, log } = options;
  const { transport } = presence;
  const topics = topicsOf(fleet);
  const registry = new FleetRegistry(transport, topics);
  await registry.open();
  const desk = new RunDesk(options, transport, topics, registry, inbox);
  const resumed = options.resumeRuns ? await desk.findLeft() : null;
  const abandoned = await failAbandonedRuns(transport, topics, resumed, options.retainedQuietMs);
  if (abandoned.length > 0) log.warn({ runs: abandoned }, 'runs of the master before this one have failed');
  registry.onLost((lost) => {
    log.warn(lost, 'board lost');
    desk.current?.onBoardLost(lost);
  });
  transport.onConnection((connected) => desk.current?.onConnection(connected));
  registry.onChange(() => desk.current?.onBoardsChanged());
  const requests = await serveRequests({
    transport,
    requestTopic: (verb) => topics.masterRequest(verb),
    responseTopic: (verb) => topics.masterResponse(verb),
    handlers: desk.handlers(),
    now: Date.now,
    clockIsSet,
  });
  await presence.announce();
  desk.resume();
  log.info({ fleet, links: inbox?.address ?? null }, 'master is online');
  return {
    get run() {
      return desk.current?.record.name ?? null;
    },
    close: async () => {
      await requests.close();
      await registry.close();
      await desk.close();
      await inbox?.close();
      await presence.leave();
    },
  };
}
