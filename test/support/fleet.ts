// A whole fleet in one process: a master, boards with real compute threads, and an operator who starts runs and watches them.

import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Agent, type AgentOptions, startAgent } from '../../agent/agent.js';
import { openInbox } from '../../broker/inbox.js';
import type { EngineName } from '../../compute/kernels.js';
import type { PowerSensor } from '../../hardware/power/power-sensor.js';
import { type Master, type MasterOptions, startMaster } from '../../master/master.js';
import type { Emulation } from '../../node/emulation.js';
import { parseMessage } from '../../protocol/messages.js';
import { FINAL_STATES, type RunStatus, runStatusSchema } from '../../protocol/run-messages.js';
import { MASTER_ID, type MasterVerb, type Topics, topicsOf } from '../../protocol/topics.js';
import type { AlarmClock } from '../../transport/alarm-clock.js';
import type { Inbox, OpenInbox } from '../../transport/inbox.js';
import { request } from '../../transport/request-client.js';
import type { Transport } from '../../transport/transport.js';
import { type Bus, FLEET, hubBus, OPERATOR, silent } from './bus.js';

/** Base of the data paths in the specs of tests. */
export const EXAMPLES = resolve(import.meta.dirname, '../../../examples');
const REQUEST_TIMEOUT_MS = 60_000;

/** How fleets differ; what is left out does not matter to the test. */
export interface FleetOptions {
  readonly agents: number;
  readonly bus?: Bus;
  readonly engine?: EngineName | 'auto';
  /** What each board gives to its stage. */
  readonly memoryBytes?: number;
  readonly boardsTimeoutMs?: number;
  /** Of all boards, or of each member by its name; the master's links are emulated with them. */
  readonly emulation?: Emulation | ((member: string) => Emulation);
  /** How a member, the master or a board, takes direct links; none unless told. */
  readonly inboxOf?: (member: string) => Promise<Inbox | null>;
  /** Besides the examples. */
  readonly dataFolder?: string;
  /** Of each board, for its own data. */
  readonly agentDataFolders?: readonly string[];
  readonly workerGraceMs?: number;
  readonly graceClock?: AlarmClock;
  /** How long a run waits for a board that is lost. */
  readonly boardGraceMs?: number;
  /** Whether a master takes up what the one before it left. */
  readonly resumeRuns?: boolean;
  /** What tells the power of a board; none unless told. */
  readonly powerOf?: (agent: string) => PowerSensor;
  /** Of each board. */
  readonly telemetryMs?: number;
  /** Of each board. */
  readonly handOverMs?: number;
}

export interface Fleet {
  readonly bus: Bus;
  readonly topics: Topics;
  readonly operator: Transport;
  readonly runsFolder: string;
  /** Of all boards: each has a folder of its name there. */
  readonly snapshotsFolder: string;
  /** Asks the master. */
  ask(verb: MasterVerb, body?: object): Promise<unknown>;
  /** Resolves with the run's name once it is on. */
  train(spec: object): Promise<string>;
  /** The first status of the run, from its beginning, that is as wanted. */
  until(run: string, isWanted: (status: RunStatus) => boolean): Promise<RunStatus>;
  ended(run: string): Promise<RunStatus>;
  runToEnd(spec: object): Promise<RunStatus>;
  closeMaster(): Promise<void>;
  /** Another one in its place, with the same folders. */
  startNextMaster(): Promise<void>;
  /** One more board, which may differ from the others. */
  addAgent(id: string, engine?: EngineName, memoryBytes?: number): Promise<Agent>;
  close(): Promise<void>;
}

function emulationOf(member: string, { emulation }: FleetOptions): Emulation | undefined {
  return typeof emulation === 'function' ? emulation(member) : emulation;
}

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const bus = options.bus ?? hubBus();
  const topics = topicsOf(FLEET);
  const runsFolder = await mkdtemp(join(tmpdir(), 'ringtmp-runs-'));
  const snapshotsFolder = await mkdtemp(join(tmpdir(), 'ringtmp-snapshots-'));
  const agents: Agent[] = [];
  const addAgent = async (id: string, only?: EngineName, ownBytes?: number) => {
    const { agentDataFolders = [] } = options;
    const emulation = emulationOf(id, options);
    const memoryBytes = ownBytes ?? options.memoryBytes ?? 2 ** 28;
    const engine = only ?? options.engine ?? 'wasm';
    const agent = await startTestAgent(bus, id, {
      ...{ engine, memoryBytes, emulation, dataFolders: agentDataFolders },
      snapshotsFolder: join(snapshotsFolder, id),
      ...openerFor(id, options),
      ...(options.powerOf && { power: options.powerOf(id) }),
      ...(options.telemetryMs !== undefined && { telemetryMs: options.telemetryMs }),
      ...(options.handOverMs !== undefined && { handOverMs: options.handOverMs }),
    });
    agents.push(agent);
    return agent;
  };
  const { boardsTimeoutMs = REQUEST_TIMEOUT_MS, dataFolder } = options;
  const dataFolders = [EXAMPLES, ...(dataFolder === undefined ? [] : [dataFolder])];
  // The buses of tests begin empty: nothing retained to wait for.
  const boards = emulationOf(MASTER_ID, options);
  const emulation = boards && ('profile' in boards ? boards : { forwardMs: 0, backwardMs: 0, linkMs: boards.linkMs });
  const { workerGraceMs, graceClock, boardGraceMs, resumeRuns } = options;
  const startMaster = () =>
    startTestMaster(bus, {
      runsFolder,
      dataFolders,
      boardsTimeoutMs,
      retainedQuietMs: 1,
      emulation,
      ...(workerGraceMs !== undefined && { workerGraceMs }),
      ...(graceClock !== undefined && { graceClock }),
      ...(boardGraceMs !== undefined && { boardGraceMs }),
      ...(resumeRuns !== undefined && { resumeRuns }),
      ...openerFor(MASTER_ID, options),
    });
  let master = await startMaster();
  await Promise.all(Array.from({ length: options.agents }, (_, index) => addAgent(`pi-${index + 1}`)));
  const operator = await bus.connect(OPERATOR);
  const statuses = await openStatuses(operator, topics);

  let masterClosed: Promise<void> | undefined;

  const fleet: Fleet = {
    bus,
    topics,
    operator,
    runsFolder,
    snapshotsFolder,
    ask: (verb, body = {}) =>
      request(operator, {
        requestTopic: topics.masterRequest(verb),
        responseTopic: topics.masterResponse(verb),
        body,
        timeoutMs: REQUEST_TIMEOUT_MS,
        whom: 'the master',
      }),
    train: async (spec) => ((await fleet.ask('train', { spec })) as { run: string }).run,
    until: statuses.until,
    ended: (run) => statuses.until(run, ({ state }) => FINAL_STATES.includes(state)),
    runToEnd: async (spec) => fleet.ended(await fleet.train(spec)),
    addAgent,
    closeMaster: () => {
      masterClosed ??= master.close();
      return masterClosed;
    },
    startNextMaster: async () => {
      await fleet.closeMaster();
      master = await startMaster();
      masterClosed = undefined;
    },
    close: async () => {
      await fleet.closeMaster();
      await Promise.all(agents.map((agent) => agent.close()));
      await operator.close();
      await bus.close();
      await rm(runsFolder, { recursive: true });
      await rm(snapshotsFolder, { recursive: true });
    },
  };
  return fleet;
}

/** An inbox that neighbours on this machine reach. */
export function loopbackInbox(): Promise<Inbox> {
  return openInbox({ host: '127.0.0.1', log: silent });
}

function openerFor(member: string, { inboxOf }: FleetOptions): { openInbox?: OpenInbox } {
  return inboxOf ? { openInbox: () => inboxOf(member) } : {};
}

export function startTestMaster(bus: Bus, changes: Partial<MasterOptions> = {}): Promise<Master> {
  return startMaster({
    fleet: FLEET,
    version: '0.0.0',
    connect: (will) => bus.connect('master', will),
    runsFolder: 'none',
    dataFolders: [EXAMPLES],
    boardsTimeoutMs: REQUEST_TIMEOUT_MS,
    memoryBytes: 2 ** 28,
    log: silent,
    ...changes,
  });
}

/** What it keeps of runs is gone once it is closed, unless its folder is the test's own. */
export async function startTestAgent(bus: Bus, id: string, changes: Partial<AgentOptions> = {}): Promise<Agent> {
  const snapshotsFolder = join(tmpdir(), `ringtmp-snapshots-${process.pid}-${randomUUID()}`);
  const agent = await startAgent({
    id,
    fleet: FLEET,
    version: '0.0.0',
    connect: (will) => bus.connect(id, will),
    engine: 'wasm',
    memoryBytes: 2 ** 28,
    snapshotsFolder,
    telemetryMs: 200,
    log: silent,
    restart: () => {},
    stop: () => {},
    ...changes,
  });
  return {
    get run() {
      return agent.run;
    },
    close: async () => {
      await agent.close();
      await rm(snapshotsFolder, { recursive: true, force: true });
    },
  };
}

/** All statuses of all runs, so that none is missed by asking late. */
async function openStatuses(operator: Transport, topics: Topics) {
  const seen: RunStatus[] = [];
  const watchers = new Set<() => void>();
  await operator.subscribe(
    topics.runStatus('+'),
    (_, payload) => {
      seen.push(parseMessage(runStatusSchema, payload));
      for (const watcher of watchers) watcher();
    },
    1,
  );
  return {
    until: (run: string, isWanted: (status: RunStatus) => boolean): Promise<RunStatus> => {
      return new Promise((done) => {
        const look = () => {
          const found = seen.find((status) => status.run === run && isWanted(status));
          if (!found) return;
          watchers.delete(look);
          done(found);
        };
        watchers.add(look);
        look();
      });
    },
  };
}

export function modelOf({ folder }: Pick<RunStatus, 'folder'>): Promise<Buffer> {
  return readFile(join(folder, 'model.safetensors'));
}
