// The port of a fleet's broker: the usual one, and when another program has that, any.

import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

export const USUAL_PORT = 1883;

/** 0 stands for "any free one". */
export async function usualPortOrAny(host: string): Promise<number> {
  return (await isFree(host, USUAL_PORT)) ? USUAL_PORT : 0;
}

/** One that is free now: for whoever must come back to it. */
export async function freePort(host: string): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
