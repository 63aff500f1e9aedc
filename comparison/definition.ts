// What makes a run what it is. Two runs of the same definition may stand for each other, so a comparison that
// was interrupted goes on with what it has; of others it says in what they differ.

import { createHash } from 'node:crypto';
import { z } from 'zod';

export const definitionSchema = z.object({
  /** Of this program. */
  version: z.string(),
  boards: z.int().min(1),
  round: z.int().min(1),
  /** What the boards and the master are held to; null where nothing is emulated. */
  profile: z.unknown(),
  masterProfile: z.unknown(),
  dilation: z.union([z.number(), z.string()]),
  spec: z.unknown(),
});
export type Definition = z.output<typeof definitionSchema>;

export function hashOf(definition: object): string {
  return createHash('sha256').update(canonical(definition)).digest('hex').slice(0, 16);
}

/** Keys in order, so that only the content counts. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(',')}}`;
}

export interface Difference {
  /** `spec.training.batch` */
  readonly key: string;
  readonly there: string;
  readonly here: string;
}

/** The first difference, depth first; null when there is none. */
export function differenceOf(there: unknown, here: unknown, key = ''): Difference | null {
  if (canonical(there) === canonical(here)) return null;
  if (!isContainer(there) || !isContainer(here)) return { key, there: canonical(there), here: canonical(here) };
  for (const name of new Set([...Object.keys(there), ...Object.keys(here)])) {
    const found = differenceOf(there[name], here[name], key === '' ? name : `${key}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
