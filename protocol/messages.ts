// Every JSON message of the control plane is a zod schema: what crosses the wire is checked here and trusted inside. Unknown
// keys of messages are ignored, so that newer senders can talk to older readers. Here requests and their responses; what a
// board tells is in agent-messages.ts, what it is asked for in assignment.ts, what is told of a run in run-messages.ts.

import { z } from 'zod';
import { FrameError } from '../errors.js';
import { name, time, whole } from './fields.js';

export const errorReportSchema = z.object({ code: z.string(), message: z.string(), remedy: z.string().optional() });

/** A board's status, and the master's. */
export const presenceSchema = z.object({ state: z.enum(['online', 'offline']), boot: whole, time });
export type PresenceStatus = z.output<typeof presenceSchema>;

/** Every command carries an id that its response echoes; `time` is the sender's clock. */
export const requestSchema = z.looseObject({ id: z.string().min(1).max(64), time: time.optional() });
export type Request = z.output<typeof requestSchema>;

export const trainRequestSchema = z.object({ spec: z.unknown() });
export const runRequestSchema = z.object({ run: name });

export const responseSchema = z.discriminatedUnion('ok', [
  z.object({ id: z.string(), ok: z.literal(true), data: z.unknown(), time: time.optional() }),
  z.object({ id: z.string(), ok: z.literal(false), error: errorReportSchema, time: time.optional() }),
]);
export type Response = z.output<typeof responseSchema>;

/**
 * Reads a JSON payload.
 * @throws FrameError when it is not JSON or does not match, naming the field
 */
export function parseMessage<Schema extends z.ZodType>(schema: Schema, payload: Uint8Array): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8'));
  } catch (cause) {
    throw new FrameError('payload', 'not JSON', { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new FrameError(issue?.path.join('.') || 'payload', issue?.message ?? 'not as expected');
}
