// Why a contestant is as fast as it is: the worker that computes most, the one that waits most, and the link that is in use
// most, with what follows from them by rule.

import { z } from 'zod';
import type { Mode } from '../protocol/run-spec.js';
import type { Cell } from './cells.js';
import { boardsText, percent } from './format.js';
import type { PositionFigures, RunFigures } from './result.js';

export interface LinkUse {
  readonly name: string;
  /** Of the time, of what the profile's link can carry, each way; null where no link was emulated. */
  readonly out: number | null;
  readonly in: number | null;
  readonly bytes: number;
}

export interface Load {
  readonly contestant: string;
  readonly mode: Mode;
  readonly boards: number;
  readonly busiest: PositionFigures;
  readonly idlest: PositionFigures;
  readonly link: LinkUse;
  /** What the busiest worker computed for each step. */
  readonly busyMsPerStep: number;
}

/** Of the first round of each contestant, by number of boards. */
export function loadsOf(cells: readonly Cell[]): Load[] {
  return cells.flatMap((cell) => loadOf(cell) ?? []);
}

function loadOf({ contestant, mode, boards, figures, results }: Cell): Load | null {
  const [first] = figures;
  const workers = first?.positions.filter(({ position }) => position > 0) ?? [];
  const [busiest, idlest] = [leastIdle(workers, 1), leastIdle(workers, -1)];
  if (first === undefined || busiest === undefined || idlest === undefined) return null;
  const link = busiestLink(first, mode, results[0]?.definition);
  const busySeconds = Object.values(busiest.seconds).reduce((total, each) => total + each, 0);
  const busyMsPerStep = (busySeconds * 1000) / first.steps;
  return { contestant, mode, boards, busiest, idlest, link, busyMsPerStep };
}

function leastIdle(workers: readonly PositionFigures[], sign: 1 | -1): PositionFigures | undefined {
  return [...workers].sort((a, b) => sign * (a.idleShare - b.idleShare))[0];
}

const linksSchema = z.object({
  profile: z.array(z.object({ linkMbps: z.number() })).min(1),
  masterProfile: z.object({ linkMbps: z.number() }).nullable().default(null),
});
type Links = z.output<typeof linksSchema>;

/** By use, or by bytes where no rate is known. */
function busiestLink({ positions, seconds }: RunFigures, mode: Mode, definition: unknown): LinkUse {
  const links = linksSchema.safeParse(definition).data ?? null;
  const uses = positions.map((each): LinkUse & { readonly most: number } => {
    const { bytesIn, bytesOut, wallSeconds } = each;
    const capacity = links && (bitsPerSecond(links, each) / 8) * (wallSeconds || seconds);
    const [up, down] = [capacity && bytesOut / capacity, capacity && bytesIn / capacity];
    const bytes = bytesIn + bytesOut;
    return { name: nameOf(each, mode), out: up, in: down, bytes, most: Math.max(up ?? bytes, down ?? bytes) };
  });
  const { most: _, ...busiest } = uses.reduce((best, each) => (each.most > best.most ? each : best));
  return busiest;
}

/** Of a fleet on one computer, `board-2` is the second profile's; the last one's is that of all others. */
function bitsPerSecond({ profile, masterProfile }: Links, { position, agent }: PositionFigures): number {
  const number = Number(/(\d+)$/.exec(agent)?.[1] ?? position);
  const own = position === 0 ? (masterProfile ?? profile[0]) : (profile[number - 1] ?? profile.at(-1));
  return (own?.linkMbps ?? 0) * 1e6;
}

export function nameOf({ position, agent }: PositionFigures, mode: Mode): string {
  if (position > 0) return agent;
  return mode === 'star' ? 'the server' : 'the master';
}

/** Above it a board or a link that sets the pace has hardly any time left. */
const BUSY = 0.95;
const IN_USE = 0.8;
/** Computing that lies no further apart is the same layers'. */
const SAME_WORK = 0.05;

/** What follows for each contestant at its most boards, but for one, which is neither ring nor star. */
export function reasonsOf(loads: readonly Load[]): string[] {
  const names = new Set(loads.map(({ contestant }) => contestant));
  return [...names].flatMap((name) => {
    const own = loads.filter(({ contestant, boards }) => contestant === name && boards >= 2);
    const last = own.at(-1);
    return last === undefined ? [] : [`${name} at ${boardsText(last.boards)}: ${reasonOf(last, own.at(-2))}.`];
  });
}

function reasonOf(load: Load, before: Load | undefined): string {
  const { link, busiest, idlest } = load;
  const [up, down] = [link.out ?? 0, link.in ?? 0];
  const use = `${link.name}’s link is in use, ${percent(link.out)} of the time outwards and ${percent(link.in)} inwards`;
  const busy = `${busiest.agent} is busy ${percent(1 - busiest.idleShare)} of the time`;
  const unrelieved = unrelievedText(load, before);
  if (1 - busiest.idleShare >= BUSY) return `${busy}, so it sets the pace${unrelieved}`;
  const waiting = `the busiest worker, ${busiest.agent}, computes ${percent(1 - busiest.idleShare)} of it`;
  if (Math.max(up, down) >= IN_USE) return `${use}, so it sets the pace; ${waiting}`;
  if (load.mode === 'star' && up + down >= BUSY) return `${use}, so that all boards wait for it; ${waiting}`;
  const uses = link.out === null ? '' : `; ${use}`;
  const rest = `the rest is waiting for one another, ${idlest.agent} for ${percent(idlest.idleShare)} of the time`;
  return `no worker${uses && ' and no link'} is busy all the time (${busy}${uses}), ${rest}${unrelieved}`;
}

/** Whether boards that were added have taken work off the busiest one: of a ring, for a star's boards share each batch. */
function unrelievedText({ mode, busiest, busyMsPerStep }: Load, before: Load | undefined): string {
  if (mode === 'star' || before === undefined || busyMsPerStep < before.busyMsPerStep * (1 - SAME_WORK)) return '';
  const same = `${busiest.agent} computes as long for a step as the busiest of ${boardsText(before.boards)}`;
  return `; ${same}, so that more boards cannot make the ring faster`;
}
