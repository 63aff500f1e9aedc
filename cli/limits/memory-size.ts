// An amount of memory as people type it: 160MB, 512MiB, 1GB.

import { InvalidArgumentError } from 'commander';

const UNITS: Readonly<Record<string, number>> = { mb: 1e6, gb: 1e9, mib: 2 ** 20, gib: 2 ** 30 };

/** @returns bytes */
export function memorySize(text: string): number {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i.exec(text.trim()) ?? [];
  const bytes = Number(number) * (UNITS[unit.toLowerCase()] ?? NaN);
  if (bytes > 0) return Math.round(bytes);
  throw new InvalidArgumentError('It must be a number above 0 with its unit: MB, GB, MiB or GiB, such as 160MB.');
}
