// The broker's door for browsers: MQTT over WebSocket [MQTT-6].

import { createServer as createHttpServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws';
import { limitBytes } from './limits.js';
import { type Door, type DoorOptions, incoming, listening } from './listeners.js';

/** Frames, masks and the request's own bytes, on top of what a CONNECT may have. */
const WEBSOCKET_OVERHEAD_BYTES = 64 * 1024;

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
