// The master: knows the fleet, takes commands, and keeps one run at a time.

import { CommandError } from '../errors.js';
import { clockIsSet } from '../hardware/board.js';
import { benchmarkEngine } from '../node/benchmark.js';
import { type Request, type RunStatus, runRequestSchema, trainRequestSchema } from '../protocol/messages.js';
import { type RunSpec, runSpecSchema } from '../protocol/run-spec.js';
import { type MasterVerb, type Topics, topicsOf } from '../protocol/topics.js';
import { validate } from '../protocol/validation.js';
import { atMost } from '../transport/at-most.js';
import { type RequestHandler, serveRequests } from '../transport/request-server.js';
import type { Transport, Will } from '../transport/transport.js';
import { FleetRegistry } from './fleet-registry.js';
import { MASTER_ID, planRing } from './planner.js';
import { Run } from './run.js';
import { openRunRecord } from './run-record.js';

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

export async function startMaster(options: MasterOptions): Promise<{ close(): Promise<void> }> {
  const { fleet, connect, log } = options;
  const topics = topicsOf(fleet);
  const boot = Date.now();
  const status = (state: 'online' | 'offline') => JSON.stringify({ state, boot, time: Date.now() });
  const transport = await connect({ topic: topics.masterStatus(), payload: status('offline'), qos: 1, retain: true });
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

/** Where runs are asked for, looked up and steered. */
class RunDesk {
  private readonly runs = new Map<string, Run>();
  private starting = false;
  private closed = false;

  constructor(
    private readonly options: MasterOptions,
    private readonly transport: Transport,
    private readonly topics: Topics,
    private readonly registry: FleetRegistry,
  ) {}

  /** The run that is on, if any. */
  get current(): Run | undefined {
    return [...this.runs.values()].find(({ record }) => !record.isFinal);
  }

  /** Ends the run that is on, and waits until all have let go. */
  async close(): Promise<void> {
    this.closed = true;
    await Promise.all([...this.runs.values()].map((run) => run.close()));
  }

  handlers(): Record<MasterVerb, RequestHandler> {
    return {
      train: async (request) => this.train(validate('train', trainRequestSchema, request).spec),
      stop: async (request) => this.find(request).stop(),
      pause: async (request) => this.find(request).pause(),
      resume: async (request) => this.find(request).resume(),
      runs: async () => ({ runs: [...this.runs.values()].map(({ record }): RunStatus => record.status()) }),
    };
  }

  private async train(asked: unknown): Promise<{ run: string; folder: string }> {
    const spec = validate('the run', runSpecSchema, asked);
    if (this.starting || this.current)
      throw new CommandError('a run is on', { remedy: 'Wait for its end, or stop it: `ringtmp stop`.' });
    this.starting = true;
    try {
      const run = await this.plan(spec);
      if (this.closed) await run.close();
      this.runs.set(run.record.name, run);
      await run.start();
      const { name, folder } = run.record;
      this.options.log.info({ run: name }, 'run started');
      return { run: name, folder: folder.path };
    } finally {
      this.starting = false;
    }
  }

  private async plan(spec: RunSpec): Promise<Run> {
    const { transport, topics, registry, options } = this;
    const count = spec.boards ?? Math.max(1, registry.online().length);
    const boards = await registry.waitFor(count, options.boardsTimeoutMs);
    const record = await openRunRecord(spec, options);
    try {
      const plan = planRing({
        spec,
        inputShape: record.source.train.sampleShape,
        boards: boards.map(({ agent, gflops, memoryBytes }) => ({ id: agent, gflops, memoryBytes })),
        master: spec.masterStage ? await this.ownBoard(spec) : null,
      });
      return new Run({ record, plan, transport, topics, memoryBytes: options.memoryBytes });
    } catch (error) {
      record.enter('failed', error);
      await record.folder.close();
      throw error;
    }
  }

  private async ownBoard({ engine }: RunSpec) {
    return { id: MASTER_ID, gflops: await benchmarkEngine(engine), memoryBytes: this.options.memoryBytes };
  }

  private find(request: Request): Run {
    const { run: name } = validate('the command', runRequestSchema, request);
    const run = this.runs.get(name);
    if (run) return run;
    throw new CommandError(`there is no run ${JSON.stringify(name)}`, { remedy: 'List the runs: `ringtmp runs`.' });
  }
}
