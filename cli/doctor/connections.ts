// The TCP connections of this machine, as the kernel lists them (proc_net_tcp.txt): whether something here is connected
// to the broker already. A second login of one name would end the first [MQTT-3.1.4-2], and with it a run.

import { lookup } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
const ESTABLISHED = '01';
const REMOTE = 2;
const STATE = 3;

export async function isConnectedTo(host: string, port: number): Promise<boolean> {
  const [addresses, ...tables] = await Promise.all([
    lookup(host, { all: true }).catch(() => []),
    ...TABLES.map((path) => readFile(path, 'utf8').catch(() => '')),
  ]);
  const wanted = new Set(addresses.map(({ address }) => address));
  return tables.flatMap(establishedIn).some((remote) => remote.port === port && wanted.has(remote.address));
}

/** The far ends of the connections in such a table. */
export function establishedIn(table: string): { readonly address: string; readonly port: number }[] {
  const rows = table.split('\n').map((line) => line.trim().split(/\s+/));
  return rows.filter((row) => row[STATE] === ESTABLISHED).map((row) => farEnd(row[REMOTE] ?? ''));
}

function farEnd(text: string): { address: string; port: number } {
  const [address = '', port = ''] = text.split(':');
  return { address: readable(address), port: Number.parseInt(port, 16) };
}

/** Words of 32 bits in the order of the processor, which is little-endian wherever this runs. */
function readable(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  const quad = bytes
    .slice(-4)
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
  const isMapped = bytes.length === 16 && bytes.slice(0, 12).join('') === `${'00'.repeat(10)}ffff`.toUpperCase();
  if (bytes.length === 4 || isMapped) return quad;
  return shortened(bytes.join('').match(/.{4}/g) ?? []);
}

/** As `lookup` writes it (RFC 5952). */
function shortened(groups: readonly string[]): string {
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}
