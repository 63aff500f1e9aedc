// The two doors of the broker: MQTT over TCP, and over WebSocket for browsers [MQTT-6]. Each hands
// over byte streams that are already limited, and says whether the peer is on this machine.

import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import { ConnectionError } from '../errors.js';
import type { Admission } from './admission.js';
import { type Gate, guardPackets, limitBytes, type PacketLimits } from './limits.js';

export interface Incoming {
  readonly stream: Duplex;
  /** From this machine, and not by way of a web page of somebody else. */
  readonly local: boolean;
  /** Opens the gates that stand until the login. */
  accept(): void;
}

export interface DoorOptions {
  readonly host: string;
  readonly port: number;
  readonly limits: PacketLimits;
  readonly admission: Admission;
  readonly onConnection: (incoming: Incoming) => void;
}

export interface Door {
  readonly port: number;
  /** Takes no more connections; resolves when the last one has ended. */
  close(): Promise<void>;
}

const KEEP_ALIVE_MS = 60_000;
/** Frames, masks and the request's own bytes, on top of what a CONNECT may have. */
const WEBSOCKET_OVERHEAD_BYTES = 64 * 1024;

export async function openTcp(options: DoorOptions): Promise<Door> {
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (socket) => {
    if (options.admission.enter(socket)) options.onConnection(incoming(options, socket, socket, []));
  });
  return listening(server, options);
}

export async function openWebSocket(options: DoorOptions): Promise<Door> {
  const server = createHttpServer({ noDelay: true, keepAlive: true }, (_request, response) => {
    response.writeHead(426, { upgrade: 'websocket' }).end('This port speaks MQTT over WebSocket.\n');
  });
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: options.limits.packetBytes + WEBSOCKET_OVERHEAD_BYTES,
    handleProtocols: (offered) => (offered.has('mqtt') ? 'mqtt' : false), // [MQTT-6.0.0-3], [MQTT-6.0.0-4]
  });
  server.on('connection', (socket) => options.admission.enter(socket));
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    sockets.handleUpgrade(request, socket, head, (webSocket) => upgraded(options, request, webSocket));
  });
  return listening(server, options);
}

function upgraded(options: DoorOptions, request: IncomingMessage, webSocket: WebSocket): void {
  // ws holds a whole message before it hands it over, so what comes before the login is counted below it.
  const budget = limitBytes(request.socket, options.limits.connectBytes + WEBSOCKET_OVERHEAD_BYTES);
  webSocket.on('message', (_message, isBinary) => {
    if (!isBinary) webSocket.terminate(); // [MQTT-6.0.0-1]
  });
  const stream = createWebSocketStream(webSocket);
  options.onConnection(incoming(options, stream, request.socket, [budget], request.headers.origin));
}

function incoming(options: DoorOptions, stream: Duplex, socket: Socket, gates: Gate[], origin?: string): Incoming {
  const all = [...gates, guardPackets(stream, options.limits)];
  return {
    stream,
    local: isLoopback(socket.remoteAddress) && isOwnOrigin(origin),
    accept() {
      options.admission.accept(socket);
      for (const gate of all) gate.accept();
    },
  };
}

async function listening(server: Server, options: DoorOptions): Promise<Door> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(listenError(options, cause)));
    server.listen(options.port, options.host, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const LISTEN_FAULTS: Record<string, [fault: string, remedy: string]> = {
  EADDRINUSE: [
    'is in use by another program',
    'Stop that program (perhaps another broker: `systemctl stop mosquitto`) or choose another port; 0 takes any free one.',
  ],
  EACCES: ['is reserved for the administrator', 'Choose a port above 1023.'],
  EADDRNOTAVAIL: ['is not on this machine', 'Choose an address of this machine; 0.0.0.0 means all of them.'],
  ENOTFOUND: ['cannot be found', 'Give the host as an address of this machine.'],
};

function listenError({ host, port }: DoorOptions, cause: Error): ConnectionError {
  const [fault, remedy] = LISTEN_FAULTS[(cause as NodeJS.ErrnoException).code ?? ''] ?? [
    `cannot be opened: ${cause.message}`,
    'Choose another host or port.',
  ];
  return new ConnectionError(`Port ${port} on ${host} ${fault}`, { remedy, cause });
}

export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(localhost|::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/i.test(address);
}

/**
 * Any web page may open a WebSocket to this machine, in the name of whoever looks at it. The browser
 * tells the page's origin; a page from elsewhere does not count as being here.
 */
export function isOwnOrigin(origin: string | undefined): boolean {
  if (origin === undefined) return true;
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname.replace(/^\[|\]$/g, ''));
}
