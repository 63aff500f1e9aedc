// Looks at an emulated computer from outside, by QEMU's own monitor (QMP, docs/interop/qmp-spec): neither its kernel nor a program
// on it takes part.

import { once } from 'node:events';
import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';

export interface Monitor {
  /** What the 32-bit register at this physical address holds. */
  readRegister(address: number): Promise<number>;
  close(): void;
}

interface Reply {
  readonly return?: string;
  readonly error?: { readonly desc: string };
}

/** @param socket where QEMU listens */
export async function openMonitor(socket: string): Promise<Monitor> {
  const connection = createConnection(socket);
  await once(connection, 'connect');
  const lines = createInterface(connection)[Symbol.asyncIterator]();
  await lines.next(); // the greeting
  const execute = async (command: object): Promise<string> => {
    connection.write(`${JSON.stringify(command)}\n`);
    for (;;) {
      const { value, done } = await lines.next();
      if (done) throw new Error("QEMU's monitor has gone");
      const reply = JSON.parse(value) as Reply;
      if (reply.error) throw new Error(`QEMU's monitor: ${reply.error.desc}`);
      if (reply.return !== undefined) return reply.return; // anything else is an event
    }
  };
  await execute({ execute: 'qmp_capabilities' });
  return {
    readRegister: async (address) => {
      const line = `xp /1wx 0x${address.toString(16)}`;
      const output = await execute({ execute: 'human-monitor-command', arguments: { 'command-line': line } });
      return Number(output.trim().split(' ').at(-1));
    },
    close: () => connection.destroy(),
  };
}
