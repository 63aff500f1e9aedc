// The schedules by name. A new one is a file beside them and a line here.

import { async } from './async.js';
import type { Schedule } from './schedule.js';
import { sync } from './sync.js';

const SCHEDULES = { sync, async } as const;
export type ScheduleName = keyof typeof SCHEDULES;

export function scheduleOf(name: ScheduleName): Schedule {
  return SCHEDULES[name];
}
