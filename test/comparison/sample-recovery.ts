// Made-up recoveries of a ring and a star, complete enough for verdict, table and CSV.

import type { Recovery, RecoveryResult } from '../../comparison/recovery.js';

export const UNTRIED: Recovery = { results: [], obstacle: 'Nobody tried.' };

export interface RecoverySample {
  readonly contestant?: string;
  /** Of each fault; null: no step came after it. */
  readonly recoveryMs?: readonly (number | null)[];
  /** How many were asked for; as many as there are unless told. */
  readonly asked?: number;
  readonly matches?: boolean;
  readonly failure?: string | null;
}

const MEMBERS = ['agent', 'master', 'broker'];

export function sampleRecovery(sample: RecoverySample = {}): RecoveryResult {
  const { contestant = 'ring', recoveryMs = [1000, 3000, 2000], failure = null, matches = failure === null } = sample;
  const mode = contestant.startsWith('star') ? 'star' : 'ring';
  const faults = recoveryMs.map((ms, index) => {
    const member = MEMBERS[index % MEMBERS.length] as string;
    const name = member === 'agent' ? 'board-2' : member;
    return { fault: 'kill', member, name, lastsMs: 0, atMs: 1e12 + index, recoveryMs: ms, generations: 1, repeated: 2 };
  });
  const outcome = { steps: 900, seconds: 60, evaluation: { metric: 'accuracy', value: 0.96 } };
  return {
    contestant,
    mode,
    boards: 4,
    standard: mode === 'ring' ? 'weights' : 'accuracy',
    startedAt: '2026-01-02T03:04:05.000Z',
    wallSeconds: 100,
    machine: 'a machine',
    command: 'ringtmp compare x.yaml',
    stretch: 1,
    undisturbed: { ...outcome, seconds: 30 },
    runs: [{ ...outcome, failure, matches, faults }],
    hash: 'abc',
    definition: {
      ...{ version: '0', boards: 4, faults: sample.asked ?? faults.length, everyMs: 1000, spec: {} },
      kinds: MEMBERS.map((member) => `kill ${member}`),
    },
  };
}

export function sampleRecoveries(ring: RecoverySample = {}, star: RecoverySample = {}): Recovery {
  return { results: [sampleRecovery(ring), sampleRecovery({ contestant: 'star', ...star })], obstacle: null };
}
