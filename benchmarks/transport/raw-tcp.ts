// The yardstick of all links: a socket, and a length of four bytes before each message.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type Duct, noListener, type Way } from './duct.js';

const HOST = '127.0.0.1';
const LENGTH_BYTES = 4;

export const rawTcp: Way = {
  name: 'raw TCP',
  hub: null,
  listen: async () => {
    const ends: Duct[] = [];
    const server = createServer({ noDelay: true }, (socket) => {
      const end = ductOf(socket);
      end.onMessage = (payload) => duct.onMessage(payload);
      ends.push(end);
    });
    server.listen(0, HOST);
    await once(server, 'listening');
    const duct: Duct = {
      send: async (payload) => ends.at(-1)?.send(payload),
      onMessage: noListener,
      close: async () => {
        server.close();
        await Promise.all(ends.map((end) => end.close()));
      },
    };
    return { duct, address: String((server.address() as AddressInfo).port) };
  },
  connect: async (_hubUrl, address) => {
    const socket = connect({ host: HOST, port: Number(address), noDelay: true });
    await once(socket, 'connect');
    return ductOf(socket);
  },
};

function ductOf(socket: Socket): Duct {
  const duct: Duct = {
    onMessage: noListener,
    send: async (payload) => {
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt32BE(payload.length);
      socket.cork();
      socket.write(length);
      const hasRoom = socket.write(payload);
      socket.uncork();
      if (!hasRoom) await once(socket, 'drain');
    },
    close: async () => void socket.destroy(),
  };
  const take = messageReader((payload) => duct.onMessage(payload));
  socket.on('data', take).on('error', () => socket.destroy());
  return duct;
}

/** Puts chunks together: each byte of a message is copied once, into a buffer of its own. */
export function messageReader(onMessage: (payload: Uint8Array) => void): (chunk: Buffer) => void {
  let part = Buffer.allocUnsafeSlow(LENGTH_BYTES);
  let filled = 0;
  let inLength = true;
  const whole = (): void => {
    const message = part;
    part = Buffer.allocUnsafeSlow(inLength ? message.readUInt32BE() : LENGTH_BYTES);
    filled = 0;
    inLength = !inLength;
    if (inLength) onMessage(message);
  };
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      const copied = chunk.copy(part, filled, at);
      filled += copied;
      at += copied;
      if (filled === part.length) whole();
    }
  };
}
