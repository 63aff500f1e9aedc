// A board's profile as it crosses the wire, in an agent's birth, and as people write their own.

import { z } from 'zod';
import type { BoardProfile } from '../hardware/board-profile.js';
import { NAME_PATTERN } from './topics.js';

const positive = z.number().gt(0, 'a number above 0');
const amount = z.number().min(0, 'a number of at least 0');

export const boardProfileSchema = z.object({
  name: z.string().regex(NAME_PATTERN, '1 to 63 lower-case letters, digits, "-" or "_"'),
  board: z.string().min(1),
  gflops: positive,
  memoryBytes: positive,
  memoryGBps: positive,
  linkMbps: positive,
  latencyMs: amount,
  idleW: amount,
  loadW: amount,
}) satisfies z.ZodType<BoardProfile>;
