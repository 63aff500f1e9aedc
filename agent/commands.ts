// What a board can be told, one handler for each verb. Lookups and effects are small enough to stand
// together; the request server checks ids and answers.

import { peakRssBytes } from '../hardware/board.js';
import type { EngineSurvey } from '../node/engine-survey.js';
import type { AgentInfo } from '../protocol/agent-messages.js';
import {
  assignmentSchema,
  type LastFigures,
  preparationSchema,
  releaseRequestSchema,
  supplyRequestSchema,
} from '../protocol/assignment.js';
import type { Request } from '../protocol/messages.js';
import type { NodeFigures } from '../protocol/node-figures.js';
import type { AgentVerb } from '../protocol/topics.js';
import { validate } from '../protocol/validation.js';
import type { RequestHandler } from '../transport/request-server.js';
import type { AgentOptions } from './agent.js';
import type { AssignedPosition } from './assigned-position.js';
import type { BoardLight } from './board-light.js';
import { diagnose } from './diagnose.js';
import type { EnergyMeter } from './energy-meter.js';

export interface AgentContext {
  readonly options: AgentOptions;
  readonly light: BoardLight;
  readonly position: AssignedPosition;
  /** Of a real board that measures its power, or knows a model of it. */
  readonly meter: EnergyMeter | undefined;
  /** As last published; null before the birth. */
  info: AgentInfo | null;
  /** Measures the engines anew, unless that is under way, and publishes the birth. */
  benchmark(survey?: Promise<EngineSurvey>): Promise<AgentInfo>;
}

const IDENTIFY_MS = 5000;
/** Long enough for the response to leave. */
const RESTART_DELAY_MS = 200;

export function commandHandlers(context: AgentContext): Record<AgentVerb, RequestHandler> {
  const { options, light, position } = context;
  return {
    identify: async () => {
      light.identify(IDENTIFY_MS);
      return { light: light.name, seconds: IDENTIFY_MS / 1000 };
    },
    benchmark: async () => {
      const { engine, gflops, engines } = await context.benchmark();
      return { engine, gflops, engines };
    },
    diagnose: async () => diagnose(context),
    restart: async () => {
      setTimeout(options.restart, RESTART_DELAY_MS).unref();
      return { restarting: true };
    },
    prepare: async (request: Request) => {
      const { snapshots, figures } = await position.prepare(validate('prepare', preparationSchema, request));
      return { snapshots, ...lastWords(figures) };
    },
    supply: async (request: Request) => {
      const { run, to, snapshot } = validate('supply', supplyRequestSchema, request);
      await position.supply(run, to, snapshot);
      return { supplied: true };
    },
    assign: async (request: Request) => {
      await position.take(validate('assign', assignmentSchema, request));
      return { assigned: true };
    },
    release: async (request: Request) => {
      const figures = await position.release(validate('release', releaseRequestSchema, request).run);
      return { released: true, ...lastWords(figures) };
    },
  };
}

function lastWords(figures: NodeFigures | null): LastFigures {
  return { figures, rssBytes: process.memoryUsage.rss(), peakRssBytes: peakRssBytes() };
}
