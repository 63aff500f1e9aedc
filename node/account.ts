// What a node accounts for, the same in a ring and in a star: where its time went, how stale its gradients were, what
// that cost in energy, and, where the board is emulated, how true to its profile it was. Times are the board's own:
// those of an emulated one are divided by its dilation.

import type { BoardProfile } from '../hardware/board-profile.js';
import type { NodeFigures } from '../protocol/node-figures.js';
import type { Phase } from '../protocol/phases.js';
import type { DataPlane } from '../transport/data-plane.js';
import type { EmulatedLink } from '../transport/emulated-link.js';
import type { Activity, ByBusyPhase } from './activity.js';
import { dilationOf, type Emulation, profileOf } from './emulation.js';

export interface Accounted {
  readonly activity: Activity;
  readonly plane: Pick<DataPlane, 'counters'>;
  /** Since the position was taken, by this computer's clock. */
  readonly wallMs: number;
  readonly emulation?: Emulation | undefined;
  readonly link?: EmulatedLink | undefined;
}

type Account = Omit<NodeFigures, 'window' | 'microBatchMs' | 'linkMs'>;

export function accountOf(accounted: Accounted): Account {
  const { activity, plane, wallMs, emulation } = accounted;
  const dilation = dilationOf(emulation);
  const profile = profileOf(emulation);
  const seconds = mapped(activity.seconds, (value) => value / dilation);
  const wallSeconds = wallMs / 1000 / dilation;
  const waitingSeconds = Math.max(0, wallSeconds - sumOf(seconds));
  const { topics, ...counters } = plane.counters;
  return {
    phase: activity.phase,
    idleShare: wallSeconds > 0 ? waitingSeconds / wallSeconds : 0,
    seconds,
    wallSeconds,
    ...counters,
    topics: topics.list(),
    staleness: activity.staleness,
    energy: profile && { source: 'modelled', joules: modelledJoules(profile, seconds, waitingSeconds) },
    emulated: profile && { profile: profile.name, dilation, drift: driftOf(accounted), overdue: activity.overdueShare },
  };
}

/** Idle watts while the compute thread waits, load watts while it computes. */
function modelledJoules(
  { idleW, loadW }: BoardProfile,
  seconds: ByBusyPhase,
  waitingSeconds: number,
): Record<Phase, number> {
  return { idle: idleW * waitingSeconds, ...mapped(seconds, (value) => loadW * value) };
}

/** By how much this computer was ever behind the board, and how long the board waited for it, as a share of the time. */
function driftOf({ activity, link, wallMs }: Accounted): number {
  const lateMs = Math.max(activity.lagMs, link?.time.lagMs ?? 0) + activity.inVainMs;
  return wallMs > 0 ? lateMs / wallMs : 0;
}

function mapped(seconds: ByBusyPhase, change: (value: number) => number): ByBusyPhase {
  return Object.fromEntries(Object.entries(seconds).map(([phase, value]) => [phase, change(value)])) as ByBusyPhase;
}

function sumOf(seconds: ByBusyPhase): number {
  return Object.values(seconds).reduce((sum, value) => sum + value, 0);
}
