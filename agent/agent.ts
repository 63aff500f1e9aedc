// The process on a board: announces itself, answers commands, and holds a position when it is given one.

import { availableParallelism } from 'node:os';
import type { EngineName } from '../compute/kernels.js';
import { boardModel, clockIsSet } from '../hardware/board.js';
import { simulatedLight } from '../hardware/simulated-light.js';
import { benchmarkEngine } from '../node/benchmark.js';
import type { AgentInfo, AgentStatus } from '../protocol/messages.js';
import { checkName, topicsOf } from '../protocol/topics.js';
import { atMost } from '../transport/at-most.js';
import { serveRequests } from '../transport/request-server.js';
import type { Transport, Will } from '../transport/transport.js';
import { AssignedPosition } from './assigned-position.js';
import { BoardLight } from './board-light.js';
import { type AgentContext, commandHandlers } from './commands.js';
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
  readonly engine: EngineName;
  /** The most that a stage may take. */
  readonly memoryBytes: number;
  readonly telemetryMs: number;
  readonly log: Logger;
  /** Ends the process so that its supervisor starts it anew. */
  readonly restart: () => void;
}

export interface Agent {
  /** Says goodbye and lets go of everything. */
  close(): Promise<void>;
}

const GOODBYE_MS = 1000;

/** @throws ConnectionError when the broker cannot be reached or refuses this agent */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const topic = topicsOf(options.fleet).agentStatus(checkName('agent', options.id));
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

type StatusText = (state: AgentStatus['state']) => string;

async function goOnline(options: AgentOptions, transport: Transport, status: StatusText): Promise<Agent> {
  const { id, fleet, engine, log } = options;
  const topics = topicsOf(fleet);
  const publishRetained = (topic: string, payload: string) =>
    transport.publish(topic, payload, { qos: 1, retain: true });
  const light = new BoardLight(simulatedLight((pattern) => log.info({ pattern }, 'light (simulated)')));
  const position = new AssignedPosition({ transport, topics, engine, memoryBytes: options.memoryBytes, log });
  const context: AgentContext = {
    options,
    light,
    position,
    benchmark: async () => {
      const info = await measure(options);
      await publishRetained(topics.agentInfo(id), JSON.stringify(info));
      return info;
    },
  };
  const info = await context.benchmark();
  const requests = await serveRequests({
    transport,
    requestTopic: (verb) => topics.agentRequest(id, verb),
    responseTopic: (verb) => topics.agentResponse(id, verb),
    handlers: commandHandlers(context),
    now: Date.now,
    clockIsSet,
  });
  const telemetry = startTelemetry({
    transport,
    topic: topics.agentTelemetry(id),
    everyMs: options.telemetryMs,
    position,
    light,
  });
  await publishRetained(topics.agentStatus(id), status('online'));
  log.info({ id, fleet, engine, gflops: info.gflops }, 'agent is online');

  return {
    close: async () => {
      telemetry.close();
      await requests.close();
      await position.release();
      await light.close();
      await atMost(GOODBYE_MS, publishRetained(topics.agentStatus(id), status('offline'))); // without a broker nobody hears it
      await transport.close();
    },
  };
}

async function measure({ id, version, engine, memoryBytes }: AgentOptions): Promise<AgentInfo> {
  const gflops = await benchmarkEngine(engine);
  return {
    agent: id,
    version,
    engine,
    gflops,
    memoryBytes,
    board: boardModel(),
    cores: availableParallelism(),
    sensor: null,
    lights: 'simulated',
  };
}
