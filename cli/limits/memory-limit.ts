// How the boards of an attempt are held to their memory: each in a control group of its own, where the kernel kills
// what takes more, or else, where none may be made, by what their agents give to a stage.

import { ConfigurationError } from '../../errors.js';
import { bytes } from '../view/format.js';
import type { MemoryGroup, MemoryGroups } from './cgroup.js';
import type { Holding } from './held-fleet.js';

export interface MemoryLimit {
  readonly kind: 'cgroup' | 'engine';
  /** Half a sentence, for people. */
  readonly how: string;
  /** What an agent takes that computes nothing. */
  readonly idleBytes: number;
  hold(boards: number): Promise<HeldBoards>;
}

/** What became of boards that were started so. */
export interface HeldBoards extends Holding {
  /** Boards, the first is 1, that the kernel killed for want of memory. */
  killed(): Promise<number[]>;
  /** Once the processes have ended. */
  close(): Promise<void>;
}

const MIB = 2 ** 20;

/** What an idle agent takes, in a group that only counts or in none; null when it was interrupted. */
export type IdleProbe = (group: MemoryGroup | null) => Promise<number | null>;

export interface LimitRequest {
  /** Of each board's process, all in all. */
  readonly memoryBytes: number;
  readonly probe: IdleProbe;
  /** Null where no groups are permitted. */
  readonly groups: MemoryGroups | null;
}

/**
 * @returns null when it was interrupted
 * @throws ConfigurationError when an idle agent takes as much
 */
export async function memoryLimit({ memoryBytes, probe, groups }: LimitRequest): Promise<MemoryLimit | null> {
  const idleBytes = await idle(groups, probe);
  if (idleBytes === null) return null;
  // An agent counts in whole MiB, and a stage takes one at least.
  if (memoryBytes - idleBytes < MIB) throw tooLittle(memoryBytes, idleBytes);
  return groups === null ? byEngine(memoryBytes, idleBytes) : byGroups(groups, memoryBytes, idleBytes);
}

async function idle(groups: MemoryGroups | null, probe: IdleProbe): Promise<number | null> {
  const group = (await groups?.make(null)) ?? null;
  try {
    return await probe(group);
  } finally {
    await group?.remove();
  }
}

function byGroups(groups: MemoryGroups, memoryBytes: number, idleBytes: number): MemoryLimit {
  return {
    kind: 'cgroup',
    how: `each board's process in a memory ${groups.name} of its own, without swap`,
    idleBytes,
    async hold(boards) {
      const made: MemoryGroup[] = [];
      const close = async () => void (await Promise.all(made.map((group) => group.remove())));
      try {
        for (let board = 0; board < boards; board++) made.push(await groups.make(memoryBytes));
      } catch (error) {
        await close();
        throw error;
      }
      return {
        launchers: made.map(({ launcher }) => launcher),
        // A stage that takes all of it by itself need not be tried.
        agentArguments: ['--memory', wholeMib(memoryBytes)],
        async killed() {
          const kills = await Promise.all(made.map((group) => group.kills()));
          return kills.flatMap((count, index) => (count > 0 ? [index + 1] : []));
        },
        close,
      };
    },
  };
}

function byEngine(memoryBytes: number, idleBytes: number): MemoryLimit {
  return {
    kind: 'engine',
    how: "what each board's stage may take besides an idle agent; no control groups are permitted here, so buffers do not count",
    idleBytes,
    hold: async (boards) => ({
      launchers: Array.from({ length: boards }, () => []),
      agentArguments: ['--memory', wholeMib(memoryBytes - idleBytes)],
      killed: async () => [],
      close: async () => undefined,
    }),
  };
}

function wholeMib(bytes: number): string {
  return String(Math.max(1, Math.floor(bytes / MIB)));
}

function tooLittle(memoryBytes: number, idleBytes: number): ConfigurationError {
  return new ConfigurationError(
    `${bytes(memoryBytes)} a board is too little: an idle agent takes ${bytes(idleBytes)}`,
    {
      remedy: `Give each board more: --memory ${Math.ceil((idleBytes * 1.5) / 1e7) * 10}MB.`,
    },
  );
}
