// What a node accounts for, the same in a ring and in a star: where its time went, how stale its gradients were, what
// that cost in energy, and, where the board is emulated, how true to its profile it was. Times are the board's own:
// those of an emulated one are divided by its dilation.

import type { BoardProfile } from '../hardware/board-profile.js';
import type { NodeFigures } from '../protocol/messages.js';
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

export function accountOf({ activity, plane, wallMs, emulation, link }: Accounted): Account {
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
    emulated: profile && { profile: profile.name, dilation, ...driftOf(activity, link, dilation) },
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

/** Of what the compute thread did and of what came over the link. */
function driftOf({ punctuality }: Activity, link: EmulatedLink | undefined, dilation: number) {
  const dueMs = punctuality.dueMs + (link?.punctuality.dueMs ?? 0);
  const lateMs = Math.max(0, punctuality.lateMs) + (link?.punctuality.lateMs ?? 0);
  const [dueSeconds, lateSeconds] = [dueMs / 1000 / dilation, lateMs / 1000 / dilation];
  return { drift: dueMs > 0 ? lateMs / dueMs : 0, dueSeconds, lateSeconds };
}

function mapped(seconds: ByBusyPhase, change: (value: number) => number): ByBusyPhase {
  return Object.fromEntries(Object.entries(seconds).map(([phase, value]) => [phase, change(value)])) as ByBusyPhase;
}

function sumOf(seconds: ByBusyPhase): number {
  return Object.values(seconds).reduce((sum, value) => sum + value, 0);
}
