// The process on a board: announces itself, answers commands, and holds a position when it is given one.

import { availableParallelism } from 'node:os';
import type { BlasSettings } from '../compute/engines/blas-library.js';
import type { EngineName } from '../compute/kernels.js';
import { type ConnectionError, reportOf } from '../errors.js';
import { boardModel, clockIsSet } from '../hardware/board.js';
import { simulatedLight } from '../hardware/lights/simulated-light.js';
import type { StatusLight } from '../hardware/lights/status-light.js';
import type { PowerSensor } from '../hardware/power/power-sensor.js';
import { DEFAULT_SAMPLE_HZ } from '../hardware/power/settings.js';
import { dilationOf, type Emulation, profileOf } from '../node/emulation.js';
import { asFastAs, type EngineSurvey, surveyEngines } from '../node/engine-survey.js';
import type { AgentInfo } from '../protocol/agent-messages.js';
import { checkName, topicsOf } from '../protocol/topics.js';
import { SYSTEM_CLOCK } from '../transport/alarm-clock.js';
import { type Inbox, type OpenInbox, withInbox } from '../transport/inbox.js';
import { type Presence, withPresence } from '../transport/presence.js';
import { serveRequests } from '../transport/request-server.js';
import type { Subscription, Transport, Will } from '../transport/transport.js';
import { AssignedPosition } from './assigned-position.js';
import { BoardLight } from './board-light.js';
import { closeAll } from './close-all.js';
import { type AgentContext, commandHandlers } from './commands.js';
import { forgetEndedRuns } from './ended-runs.js';
import { type EnergyMeter, type EnergyMeterOptions, withMeter } from './energy-meter.js';
import { type MasterWatch, watchMaster } from './master-watch.js';
import { watchForNamesake } from './namesake.js';
import { startTelemetry } from './telemetry.js';

/** What the agent needs of a logger; pino's fits. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface AgentOptions {
  readonly id: string;
  readonly fleet: string;
  readonly version: string;
  /** Opens the transport as this agent, with that last will. */
  readonly connect: (will: Will) => Promise<Transport>;
  /** What takes direct links from neighbours; none unless told. */
  readonly openInbox?: OpenInbox;
  /** The only one that it offers; `auto`: all that work here. */
  readonly engine: EngineName | 'auto';
  /** Which library the engine `blas` loads. */
  readonly blas?: BlasSettings;
  /** Of these engines, where it is under way already. */
  readonly survey?: Promise<EngineSurvey>;
  /** The most that a stage may take. */
  readonly memoryBytes: number;
  /** Makes this a board that is not there: its figures are emulated. */
  readonly emulation?: Emulation | undefined;
  /** Where runs may read this board's own data, besides the public data sets of this machine. */
  readonly dataFolders?: readonly string[];
  /** For the snapshots of runs, each in a folder of its name: from there they go on after a loss of power. */
  readonly snapshotsFolder: string;
  readonly telemetryMs: number;
  /** Shows what the board does; the agent closes it. The log tells it unless told. */
  readonly light?: StatusLight | undefined;
  /** Tells the board's power; the agent closes it. An emulated board has its profile instead. */
  readonly power?: PowerSensor | undefined;
  /** How often `power` is read; 20 times a second unless told. */
  readonly sampleHz?: number | undefined;
  readonly log: Logger;
  /** Ends the process so that its supervisor starts it anew. */
  readonly restart: () => void;
  /** Ends the process for good: this agent cannot go on. */
  readonly stop: (error: ConnectionError) => void;
  /** How long the master may be away before the position that it gave is given up. */
  readonly masterGraceMs?: number;
  /** How long an agent that is to end waits for its place in a run to be given away; not at all unless told. */
  readonly handOverMs?: number;
}

export interface Agent {
  /** The run in which it holds a position. */
  readonly run: string | null;
  /** Says goodbye and lets go of everything. */
  close(): Promise<void>;
}

/** @throws ConnectionError when the broker cannot be reached or refuses this agent, or the inbox cannot be opened */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const topic = topicsOf(options.fleet).agentStatus(checkName('agent', options.id));
  return withMeter(meterOptions(options), (meter) => {
    return withPresence({ topic, connect: options.connect }, (presence) => {
      const { localAddress } = presence.transport;
      return withInbox(options.openInbox, localAddress, (inbox) => goOnline(options, { presence, inbox, meter }));
    });
  });
}

/** What an agent has opened before it goes online. */
interface Opened {
  readonly presence: Presence;
  readonly inbox: Inbox | null;
  readonly meter: EnergyMeter | undefined;
}

async function goOnline(options: AgentOptions, opened: Opened): Promise<Agent> {
  const { id, fleet, handOverMs = 0, log } = options;
  const { presence, inbox } = opened;
  const { transport } = presence;
  const context = contextOf(options, opened);
  const { light, meter, position } = context;
  const { engine, engineReason, gflops } = await context.benchmark(options.survey);
  const requests = await answerCommands(context, transport);
  const topic = topicsOf(fleet).agentTelemetry(id);
  const telemetry = startTelemetry({ transport, topic, everyMs: options.telemetryMs, position, light, meter });
  transport.onConnection((connected) => light.connection(connected));
  const master = await releaseWithoutMaster(context, transport);
  await presence.announce();
  const endedRuns = forgetEndedRuns({
    ...{ transport, topics: topicsOf(fleet), log },
    runs: () => position.runs(),
    forget: async (run) => void (await position.forget(run)),
  });
  await stopForNamesake(options, presence);
  log.info({ id, fleet, engine, engineReason, gflops, links: inbox?.address ?? null }, 'agent is online');

  return {
    get run() {
      return position.current?.assignment.run ?? null;
    },
    close: async () => {
      if (master.isThere()) await position.handOver(handOverMs);
      telemetry.close();
      await closeAll([
        () => requests.close(),
        () => master.close(),
        () => endedRuns.close(),
        () => position.leave(),
        () => inbox?.close(),
        () => meter?.close(),
        () => light.close(),
        () => presence.leave(),
      ]);
    },
  };
}

function contextOf(options: AgentOptions, { presence, inbox, meter }: Opened): AgentContext {
  const { id, engine, blas = {}, memoryBytes, emulation, dataFolders = [], snapshotsFolder, log } = options;
  const { transport } = presence;
  const topics = topicsOf(options.fleet);
  const light = options.light ?? simulatedLight((pattern) => log.info({ pattern }, 'light (simulated)'));
  const tell = async (info: AgentInfo): Promise<AgentInfo> => {
    context.info = info;
    await transport.publish(topics.agentInfo(id), JSON.stringify(info), { qos: 1, retain: true });
    return info;
  };
  const context: AgentContext = {
    options,
    info: null,
    light: new BoardLight(light),
    meter,
    position: new AssignedPosition({
      transport,
      topics,
      inbox,
      blas,
      memoryBytes,
      emulation,
      dataFolders,
      snapshotsFolder,
      meter,
      log,
    }),
    benchmark: async (survey = surveyEngines(engine, blas)) => {
      return tell({ ...describe(options, await survey), lights: light.name, links: inbox?.address ?? null });
    },
  };
  meter?.onSensor((sensor) => {
    if (context.info) tell({ ...context.info, sensor }).catch(() => {}); // offline: the next birth tells
  });
  return context;
}

function meterOptions(options: AgentOptions): EnergyMeterOptions | undefined {
  const { power, sampleHz = DEFAULT_SAMPLE_HZ, emulation, log } = options;
  return power && emulation === undefined ? { sensor: power, sampleHz, clock: SYSTEM_CLOCK, log } : undefined;
}

function answerCommands(context: AgentContext, transport: Transport): Promise<Subscription> {
  const { id, fleet } = context.options;
  const topics = topicsOf(fleet);
  return serveRequests({
    transport,
    requestTopic: (verb) => topics.agentRequest(id, verb),
    responseTopic: (verb) => topics.agentResponse(id, verb),
    handlers: commandHandlers(context),
    now: Date.now,
    clockIsSet,
  });
}

function releaseWithoutMaster({ options, position }: AgentContext, transport: Transport): Promise<MasterWatch> {
  const { fleet, masterGraceMs, log } = options;
  const onGone = () => {
    if (position.current) log.warn({ run: position.current.assignment.run }, 'the master of the run is gone');
    position.leave().catch((error) => log.warn({ error: reportOf(error) }, 'the position was not released cleanly'));
  };
  return watchMaster({ transport, topic: topicsOf(fleet).masterStatus(), graceMs: masterGraceMs, onGone });
}

function stopForNamesake({ id, fleet, log, stop }: AgentOptions, presence: Presence): Promise<Subscription> {
  return watchForNamesake(presence, id, topicsOf(fleet).agentStatus(id), (error) => {
    log.warn(reportOf(error), 'the agent stops');
    stop(error);
  });
}

function describe(options: AgentOptions, survey: EngineSurvey): Omit<AgentInfo, 'lights' | 'links'> {
  const { id, version, memoryBytes, emulation, power } = options;
  const profile = profileOf(emulation);
  return {
    agent: id,
    version,
    ...(profile ? asFastAs(profile, survey) : survey),
    memoryBytes,
    board: nameOf(emulation),
    profile,
    dilation: dilationOf(emulation),
    cores: availableParallelism(),
    sensor: emulation === undefined ? (power?.name ?? null) : null,
  };
}

function nameOf(emulation: Emulation | undefined): string {
  const profile = profileOf(emulation);
  if (profile) return `${profile.board} (profile ${profile.name}, emulated)`;
  return emulation ? `${boardModel()}, emulated` : boardModel();
}
