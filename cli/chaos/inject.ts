// Carries a planned fault out, and resolves when it is over. Whatever happens meanwhile, it is taken back.

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunError } from '../../errors.js';
import type { BatteredFleet } from './battered-fleet.js';
import { damageNewest } from './damage.js';
import type { Fault, PlannedFault } from './fault-plan.js';
import type { InjectedFault } from './recovery.js';

/** @param runFolder of the run that is on */
type Inject = (fleet: BatteredFleet, fault: PlannedFault, runFolder: string, signal: AbortSignal) => Promise<void>;

const INJECT: Readonly<Record<Fault, Inject>> = { kill, lose, freeze, cut, corrupt, full };

/** @throws the signal's reason */
export async function inject(
  fleet: BatteredFleet,
  fault: PlannedFault,
  runFolder: string,
  signal: AbortSignal,
): Promise<InjectedFault> {
  const atMs = Date.now();
  await INJECT[fault.fault](fleet, fault, runFolder, signal);
  return { ...fault, atMs, overMs: Date.now() };
}

async function kill(fleet: BatteredFleet, { name }: PlannedFault): Promise<void> {
  fleet.local.member(name).signal('SIGKILL');
}

async function lose(fleet: BatteredFleet, { name, lastsMs }: PlannedFault, _: string, signal: AbortSignal) {
  fleet.local.member(name).lose(lastsMs);
  await sleep(lastsMs, undefined, { signal });
}

async function freeze(fleet: BatteredFleet, { name, lastsMs }: PlannedFault, _: string, signal: AbortSignal) {
  fleet.freeze(name);
  try {
    await sleep(lastsMs, undefined, { signal });
  } finally {
    fleet.thaw(name);
  }
}

async function cut(fleet: BatteredFleet, { name, lastsMs }: PlannedFault, _: string, signal: AbortSignal) {
  const link = found(fleet.links.get(name), `link of ${name}`);
  link.cut();
  try {
    await sleep(lastsMs, undefined, { signal });
  } finally {
    link.mend();
  }
}

/** Frozen first, so that it is the newest that is damaged. */
async function corrupt(fleet: BatteredFleet, { name, member, where }: PlannedFault, runFolder: string): Promise<void> {
  const process = fleet.local.member(name);
  process.signal('SIGSTOP');
  const folder = member === 'master' ? join(runFolder, 'snapshots') : fleet.snapshotsOf(name);
  try {
    found(await damageNewest(folder, where), `snapshot in ${folder}`);
  } finally {
    process.signal('SIGKILL');
  }
}

async function full(fleet: BatteredFleet, { name, lastsMs }: PlannedFault, _: string, signal: AbortSignal) {
  const disk = found(fleet.disks.get(name), `disk of ${name}`);
  try {
    await disk.fill();
    await sleep(lastsMs, undefined, { signal });
  } finally {
    await disk.empty();
  }
}

function found<T>(what: T | null | undefined, name: string): T {
  if (what === null || what === undefined) throw new RunError(`there is no ${name} for the fault`);
  return what;
}
