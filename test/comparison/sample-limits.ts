// Made-up limits of memory, as `ringtmp limits` leaves them.

import type { LimitConditions, Limits } from '../../comparison/limits.js';

export const LIMIT_CONDITIONS: LimitConditions = {
  kind: 'cgroup',
  how: 'in a group',
  memoryBytes: 160e6,
  idleBytes: 50e6,
  layerWidth: 640,
  resolution: 0.03,
  command: 'ringtmp limits --boards 1,2',
  machine: 'a machine',
  version: '0.1.0',
  startedAt: '2026-11-21T12:00:00.000Z',
  seconds: 300,
};

const failed = { layers: 12, parameters: 5e6, outcome: 'out of memory', reason: 'killed', seconds: 3 } as const;
const trained = { ...failed, layers: 11, outcome: 'trained', reason: null } as const;

export const SAMPLE_LIMITS: Limits = {
  profile: null,
  conditions: LIMIT_CONDITIONS,
  results: [1, 2].flatMap((boards) =>
    (['ring', 'star'] as const).map((mode) => ({
      ...{ contestant: mode, mode, boards, parameters: 4_500_000, layers: 11, weightBytes: 18e6 },
      attempts: [trained, failed],
    })),
  ),
};
