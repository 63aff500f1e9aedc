// The largest model that each system holds, as `ringtmp limits` leaves it in `limits.json`.

import { z } from 'zod';
import { MODES } from '../protocol/run-spec.js';

export const limitsSchema = z.object({
  /** Of the boards whose memory was the limit. */
  profile: z.string().nullable().default(null),
  results: z.array(
    z.object({
      contestant: z.string(),
      mode: z.enum(MODES),
      boards: z.int().min(1),
      /** Of the largest model that trained. */
      parameters: z.number().min(0),
    }),
  ),
});
export type Limits = z.output<typeof limitsSchema>;
