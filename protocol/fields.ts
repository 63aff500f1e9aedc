// What fields of messages have in common.

import { z } from 'zod';
import { NAME_PATTERN } from './topics.js';

export const name = z.string().regex(NAME_PATTERN);
export const whole = z.int().min(0);
export const amount = z.number().min(0);
/** Milliseconds since the epoch. */
export const time = z.number();
