// The master: knows the fleet, takes commands, and keeps one run at a time.

import { clockIsSet } from '../hardware/board.js';
import { topicsOf } from '../protocol/topics.js';
import { atMost } from '../transport/at-most.js';
import { serveRequests } from '../transport/request-server.js';
import type { Transport, Will } from '../transport/transport.js';
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
  readonly runsFolder: string;
  readonly dataFolder: string;
  /** How long a run waits for its boards to appear. */
  readonly boardsTimeoutMs: number;
  /** The most that the master's own stage may take. */
  readonly memoryBytes: number;
  readonly log: Logger;
}

const GOODBYE_MS = 1000;

export interface Master {
  /** Ends the run that is on, says goodbye and lets go of everything. */
  close(): Promise<void>;
}

/** @throws ConnectionError when the broker cannot be reached or refuses the master */
export async function startMaster(options: MasterOptions): Promise<Master> {
  const topic = topicsOf(options.fleet).masterStatus();
  const boot = Date.now();
  const status: StatusText = (state) => JSON.stringify({ state, boot, time: Date.now() });
  const transport = await options.connect({ topic, payload: status('offline'), qos: 1, retain: true });
  try {
    return await goOnline(options, transport, status);
  } catch (error) {
    await transport.close();
    throw error;
  }
}

type StatusText = (state: 'online' | 'offline') => string;

async function goOnline(options: MasterOptions, transport: Transport, status: StatusText): Promise<Master> {
  const { fleet, log } = options;
  const topics = topicsOf(fleet);
  const registry = new FleetRegistry(transport, topics);
  await registry.open();
  const desk = new RunDesk(options, transport, topics, registry);
  registry.onLost((lost) => {
    log.warn(lost, 'board lost');
    desk.current?.onBoardLost(lost);
  });
  const requests = await serveRequests({
    transport,
    requestTopic: (verb) => topics.masterRequest(verb),
    responseTopic: (verb) => topics.masterResponse(verb),
    handlers: desk.handlers(),
    now: Date.now,
    clockIsSet,
  });
  const publishStatus = (state: 'online' | 'offline') => {
    return transport.publish(topics.masterStatus(), status(state), { qos: 1, retain: true });
  };
  await publishStatus('online');
  log.info({ fleet }, 'master is online');
  return {
    close: async () => {
      await requests.close();
      await registry.close();
      await desk.close();
      await atMost(GOODBYE_MS, publishStatus('offline')); // without a broker nobody hears it
      await transport.close();
    },
  };
}
