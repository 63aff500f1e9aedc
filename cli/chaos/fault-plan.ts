// Which faults befall a fleet, in which order: a function of the seed alone. They are dealt like cards, so that each kind
// has had its turn before one comes again.

import { multiplyHigh, PURPOSE, permutation, philox, uniform } from '../../compute/random.js';
import type { Mode } from '../../protocol/run-spec.js';

export const FAULTS = ['kill', 'lose', 'freeze', 'cut', 'corrupt', 'full'] as const;
/**
 * kill: SIGKILL. lose: the same, and it is not started again for longer than it is waited for. freeze: SIGSTOP, and SIGCONT
 * some seconds later. cut: its link to the broker. corrupt: a bit of its newest snapshot is turned and it is killed. full:
 * its snapshots' disk, for some seconds.
 */
export type Fault = (typeof FAULTS)[number];

export const MEMBERS = ['agent', 'master', 'broker'] as const;
export type Member = (typeof MEMBERS)[number];

export interface Kind {
  readonly fault: Fault;
  readonly member: Member;
}

export interface PlannedFault extends Kind {
  /** Of the process: `board-2`. */
  readonly name: string;
  /** How long it lasts; 0 where it is over at once. */
  readonly lastsMs: number;
  /** Uniform in [0, 1): where a snapshot is damaged. */
  readonly where: number;
}

type MembersOf = (mode: Mode) => readonly Member[];

/** The server of a star keeps its snapshots; in a ring the boards do, and their neighbours. */
const keepersOf: MembersOf = (mode) => (mode === 'star' ? ['master'] : ['agent']);
const BEFALL: Readonly<Record<Fault, MembersOf>> = {
  kill: () => MEMBERS,
  lose: () => ['agent'],
  freeze: () => ['agent'],
  cut: () => ['agent', 'master'],
  corrupt: keepersOf,
  full: (mode) => (mode === 'star' ? [] : ['agent']),
};

/** Some are over before anybody misses the board, some are not. */
const LASTS_MS: Readonly<Record<Fault, readonly [least: number, most: number]>> = {
  kill: [0, 0],
  lose: [6_000, 9_000],
  freeze: [2_000, 8_000],
  cut: [1_000, 3_000],
  corrupt: [0, 0],
  full: [2_000, 5_000],
};

export function kindsOf(mode: Mode, faults: readonly Fault[], members: readonly Member[]): Kind[] {
  return FAULTS.filter((fault) => faults.includes(fault)).flatMap((fault) => {
    return BEFALL[fault](mode)
      .filter((member) => members.includes(member))
      .map((member) => ({ fault, member }));
  });
}

/** @param index from 0, in the run of that seed */
export function faultAt(seed: number, index: number, kinds: readonly Kind[], boards: number): PlannedFault {
  const round = Math.floor(index / kinds.length);
  const kind = kinds[permutation(kinds.length, seed, round)[index % kinds.length] as number] as Kind;
  const [board, length, where] = philox(new Uint32Array(4), index, 0, 0, 0, seed, PURPOSE.faults) as unknown as [
    number,
    number,
    number,
  ];
  const [least, most] = LASTS_MS[kind.fault];
  return {
    ...kind,
    name: kind.member === 'agent' ? `board-${multiplyHigh(board, boards) + 1}` : kind.member,
    lastsMs: Math.round(least + uniform(length) * (most - least)),
    where: uniform(where),
  };
}
