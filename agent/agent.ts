// The process on a board: announces itself, answers commands, and holds a position when it is given one.

import { availableParallelism } from 'node:os';
import type { BlasSettings } from '../compute/engines/blas-library.js';
import type { EngineName } from '../compute/kernels.js';
import { type ConnectionError, reportOf } from '../errors.js';
import { boardModel, clockIsSet } from '../hardware/board.js';
import { simulatedLight } from '../hardware/simulated-light.js';
import { surveyEngines } from '../node/engine-survey.js';
import type { AgentInfo } from '../protocol/messages.js';
import { checkName, topicsOf } from '../protocol/topics.js';
import { type Presence, withPresence } from '../transport/presence.js';
import { serveRequests } from '../transport/request-server.js';
import type { Subscription, Transport, Will } from '../transport/transport.js';
import { AssignedPosition } from './assigned-position.js';
import { BoardLight } from './board-light.js';
import { type AgentContext, commandHandlers } from './commands.js';
import { watchMaster } from './master-watch.js';
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
  /** The only one that it offers; `auto`: all that work here. */
  readonly engine: EngineName | 'auto';
  /** Which library the engine `blas` loads. */
  readonly blas?: BlasSettings;
  /** The most that a stage may take. */
  readonly memoryBytes: number;
  readonly telemetryMs: number;
  readonly log: Logger;
  /** Ends the process so that its supervisor starts it anew. */
  readonly restart: () => void;
  /** Ends the process for good: this agent cannot go on. */
  readonly stop: (error: ConnectionError) => void;
  /** How long the master may be away before the position that it gave is given up. */
  readonly masterGraceMs?: number;
}

export interface Agent {
  /** Says goodbye and lets go of everything. */
  close(): Promise<void>;
}

/** @throws ConnectionError when the broker cannot be reached or refuses this agent */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const topic = topicsOf(options.fleet).agentStatus(checkName('agent', options.id));
  return withPresence({ topic, connect: options.connect }, (presence) => goOnline(options, presence));
}

async function goOnline(options: AgentOptions, presence: Presence): Promise<Agent> {
  const { id, fleet, log } = options;
  const { transport } = presence;
  const context = contextOf(options, transport);
  const { light, position } = context;
  const { engine, engineReason, gflops } = await context.benchmark();
  const requests = await answerCommands(context, transport);
  const topic = topicsOf(fleet).agentTelemetry(id);
  const telemetry = startTelemetry({ transport, topic, everyMs: options.telemetryMs, position, light });
  const master = await releaseWithoutMaster(context, transport);
  await presence.announce();
  await stopForNamesake(options, presence);
  log.info({ id, fleet, engine, engineReason, gflops }, 'agent is online');

  return {
    close: async () => {
      telemetry.close();
      await requests.close();
      await master.close();
      await position.release();
      await light.close();
      await presence.leave();
    },
  };
}

function contextOf(options: AgentOptions, transport: Transport): AgentContext {
  const { id, blas = {}, memoryBytes, log } = options;
  const topics = topicsOf(options.fleet);
  const context: AgentContext = {
    options,
    info: null,
    light: new BoardLight(simulatedLight((pattern) => log.info({ pattern }, 'light (simulated)'))),
    position: new AssignedPosition({ transport, topics, blas, memoryBytes, log }),
    benchmark: async () => {
      const info = await measure(options);
      context.info = info;
      await transport.publish(topics.agentInfo(id), JSON.stringify(info), { qos: 1, retain: true });
      return info;
    },
  };
  return context;
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

function releaseWithoutMaster({ options, position }: AgentContext, transport: Transport): Promise<Subscription> {
  const { fleet, masterGraceMs, log } = options;
  const onGone = () => {
    if (position.current) log.warn({ run: position.current.assignment.run }, 'the master of the run is gone');
    position.release().catch((error) => log.warn({ error: reportOf(error) }, 'the position was not released cleanly'));
  };
  return watchMaster({ transport, topic: topicsOf(fleet).masterStatus(), graceMs: masterGraceMs, onGone });
}

function stopForNamesake({ id, fleet, log, stop }: AgentOptions, presence: Presence): Promise<Subscription> {
  return watchForNamesake(presence, id, topicsOf(fleet).agentStatus(id), (error) => {
    log.warn(reportOf(error), 'the agent stops');
    stop(error);
  });
}

async function measure({ id, version, engine, blas = {}, memoryBytes }: AgentOptions): Promise<AgentInfo> {
  const survey = await surveyEngines(engine, blas);
  return {
    agent: id,
    version,
    ...survey,
    memoryBytes,
    board: boardModel(),
    cores: availableParallelism(),
    sensor: null,
    lights: 'simulated',
  };
}
