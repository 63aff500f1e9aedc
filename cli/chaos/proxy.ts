// What stands between a member of the fleet and the broker, so that the link can be cut: while it is, connections are
// reset and none is let in. Nothing is buffered here: who does not read is felt by who writes.

import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

export interface LinkProxy {
  /** Where it listens. */
  readonly port: number;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export async function openProxy(target: Address): Promise<LinkProxy> {
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer({ noDelay: true }, (socket) => {
    if (isCut) socket.resetAndDestroy();
    else join(socket, createConnection({ ...target, noDelay: true }), sockets);
  });
  server.listen(0, target.host);
  await once(server, 'listening');
  const reset = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      reset();
    },
    mend: () => {
      isCut = false;
    },
    close: async () => {
      reset();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Each end learns at once how the other one ended: by a reset, or in order. */
function join(one: Socket, other: Socket, sockets: Set<Socket>): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    sockets.add(from);
    from.pipe(to);
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroySoon();
    });
  }
}
