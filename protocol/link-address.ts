// Where a position's neighbours reach it, as people write it (`host:port`) and as URLs hold it.

/** A host name or an address of either family, without brackets: nothing that could lead elsewhere in a URL. */
export const HOST_PATTERN =
  /^(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F]*:[0-9a-fA-F:.]*:[0-9a-fA-F.]*)$/;
export const MAX_PORT = 65_535;

export interface LinkAddress {
  readonly host: string;
  readonly port: number;
}

/** `host:port`, with brackets around an address of IPv6. */
export function formatAddress({ host, port }: LinkAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** @returns null for what is neither `host` nor `host:port`; the port is 0 where there is none */
export function parseAddress(text: string): LinkAddress | null {
  const [, bracketed, named, digits] = /^(?:\[([^\]]+)\]|([^[\]:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? named ?? text;
  const port = Number(digits ?? 0);
  const isPort = digits === undefined || (port >= 1 && port <= MAX_PORT);
  return HOST_PATTERN.test(host) && isPort ? { host, port } : null;
}
