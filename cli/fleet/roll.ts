// The boards of a fleet as `ringtmp fleet list` shows them: what they are told, and whether they can log in.

import { existsSync } from 'node:fs';
import { listClients } from '../../broker/credentials.js';
import { renderTable } from '../view/table.js';
import { type BoardSettings, type Fleet, keyFileOf } from './fleet-file.js';

export interface Entry {
  readonly id: string;
  /** Besides the defaults. */
  readonly settings: BoardSettings;
  /** Whether its password is here, so that it can be flashed. */
  readonly hasKey: boolean;
  /** Whether the broker would let it in. */
  readonly isKnown: boolean;
}

export async function rollOf(fleet: Fleet): Promise<Entry[]> {
  const known = new Set((await listClients(fleet.credentials)).map(({ id }) => id));
  return [...fleet.boards].map(([id, settings]) => {
    return { id, settings, hasKey: existsSync(keyFileOf(fleet, id)), isKnown: known.has(id) };
  });
}

export function renderRoll(entries: readonly Entry[], width: number): string {
  if (entries.length === 0) return 'no boards yet: `ringtmp fleet add <board>`';
  const rows = entries.map(({ id, settings, hasKey, isKnown }) => {
    return [id, hasKey ? 'here' : 'missing', isKnown ? 'known' : 'unknown', inWords(settings)];
  });
  return renderTable({ head: ['board', 'password', 'to the broker', 'settings'], rows, elastic: 3, width });
}

function inWords(settings: BoardSettings): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
    .join(', ');
}
