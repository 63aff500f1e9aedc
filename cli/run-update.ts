// What an operator hears of a run, one piece at a time.

import type { z } from 'zod';
import type { AgentTelemetry } from '../protocol/agent-messages.js';
import type { presenceSchema } from '../protocol/messages.js';
import type { RunEvent, RunMetrics, RunStatus } from '../protocol/run-messages.js';

export type RunUpdate =
  | { readonly type: 'status'; readonly status: RunStatus }
  | { readonly type: 'metrics'; readonly metrics: RunMetrics }
  | { readonly type: 'event'; readonly event: RunEvent }
  | { readonly type: 'telemetry'; readonly agent: string; readonly telemetry: AgentTelemetry }
  | { readonly type: 'master'; readonly status: z.output<typeof presenceSchema> }
  /** What this command says of itself. */
  | { readonly type: 'notice'; readonly text: string }
  | { readonly type: 'connection'; readonly connected: boolean };
