// A plain Aedes on a free port of the loopback, without users or rights. Stopped and started again it
// has the same port and has forgotten everything, like a broker process that died.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { Aedes, type AedesOptions, type Client } from 'aedes';
import { createWebSocketStream, WebSocketServer } from 'ws';

export interface BareBroker {
  readonly url: string;
  /** Made anew by each start. */
  readonly aedes: Aedes;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Cuts one client's connection; the broker then sends its will. */
  sever(clientId: string): void;
}

export async function startBareBroker(
  options: AedesOptions = {},
  protocol: 'mqtt' | 'ws' = 'mqtt',
): Promise<BareBroker> {
  const sockets = new Set<Socket>();
  const connections = new Map<string, Client['conn']>();
  let port = 0;
  let aedes!: Aedes;
  let server!: ReturnType<typeof listenerFor>;

  async function start(): Promise<void> {
    aedes = await Aedes.createBroker(options);
    aedes.on('client', (client) => connections.set(client.id, client.conn));
    server = listenerFor(protocol, aedes);
    server.on('connection', (socket: Socket) => {
      sockets.add(socket.setNoDelay(true));
      socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  }

  async function stop(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
    await new Promise<void>((resolve) => aedes.close(resolve));
  }

  await start();
  return {
    url: `${protocol}://127.0.0.1:${port}`,
    get aedes() {
      return aedes;
    },
    start,
    stop,
    sever: (clientId) => void connections.get(clientId)?.destroy(),
  };
}

function listenerFor(protocol: 'mqtt' | 'ws', aedes: Aedes) {
  if (protocol === 'mqtt') return createTcpServer((socket) => void aedes.handle(socket));
  const server: Server = createServer();
  new WebSocketServer({ server }).on('connection', (socket, request) => {
    aedes.handle(createWebSocketStream(socket), request);
  });
  return server;
}
