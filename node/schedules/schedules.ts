// The schedules by name. A new one is a file beside `sync.ts` and a line here.

import type { Schedule } from './schedule.js';
import { sync } from './sync.js';

const SCHEDULES = { sync } as const;
export type ScheduleName = keyof typeof SCHEDULES;

export function scheduleOf(name: ScheduleName): Schedule {
  return SCHEDULES[name];
}
