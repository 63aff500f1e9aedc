// What is flashed: a board's settings and its password, two files that mean something only together. The last line of
// the settings is a seal on both, so that files that were cut, mixed up or changed are known for it (decision 20).

import { createHash } from 'node:crypto';

export interface BoardFiles {
  /** YAML, as /etc/ringtmp/agent.yaml will have it. */
  readonly settings: Buffer;
  /** As /etc/ringtmp/agent.key will have it. */
  readonly key: Buffer;
}

const HEADER = '# RingTMP: the configuration of board ';
const ADVICE = `, written by \`ringtmp flash\`.
# To change it, change the fleet file and flash the card again: what was edited on the card, the board refuses.
`;
const SEAL = '# seal: sha256 ';
const SEAL_LINE = new RegExp(`^${SEAL}[0-9a-f]{64}\n$`);
const SEAL_BYTES = SEAL.length + 64 + 1;

export function withHeader(id: string, yaml: string): Buffer {
  return Buffer.from(HEADER + id + ADVICE + yaml);
}

/** @returns the settings with their seal */
export function sealed({ settings, key }: BoardFiles): Buffer {
  return Buffer.concat([settings, Buffer.from(sealOf({ settings, key }))]);
}

/** @returns null unless the seal is there and holds for both */
export function unsealed(text: Buffer, key: Buffer): BoardFiles | null {
  const settings = text.subarray(0, Math.max(0, text.length - SEAL_BYTES));
  const seal = text.subarray(settings.length).toString('latin1');
  return SEAL_LINE.test(seal) && seal === sealOf({ settings, key }) ? { settings, key } : null;
}

/** Whether `ringtmp flash` wrote it, or began to; and for which board, if it got that far. */
export function originOf(text: Buffer): { readonly ours: boolean; readonly id: string | null } {
  const beginning = text.toString('latin1', 0, HEADER.length + 64);
  const ours = HEADER.startsWith(beginning) || beginning.startsWith(HEADER);
  return { ours, id: ours ? (/^[a-z0-9_-]+(?=,)/.exec(beginning.slice(HEADER.length))?.[0] ?? null) : null };
}

/** The length tells where the settings end and the key begins. */
function sealOf({ settings, key }: BoardFiles): string {
  const hash = createHash('sha256').update(`${settings.length}\n`).update(settings).update(key);
  return `${SEAL}${hash.digest('hex')}\n`;
}
