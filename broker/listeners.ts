// The doors of a broker hand over byte streams that are already limited, and say whether the peer is on
// this machine. Here is what they share, and the usual one, MQTT over TCP; websocket.ts has the other.

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { ConnectionError } from '../errors.js';
import type { Admission } from './admission.js';
import { type Gate, guardPackets, type PacketLimits } from './limits.js';

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

export async function openTcp(options: DoorOptions): Promise<Door> {
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (socket) => {
    if (options.admission.enter(socket)) options.onConnection(incoming(options, socket, socket, []));
  });
  return listening(server, options);
}

export function incoming(
  options: DoorOptions,
  stream: Duplex,
  socket: Socket,
  gates: Gate[],
  origin?: string,
): Incoming {
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

export async function listening(server: Server, options: DoorOptions): Promise<Door> {
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
