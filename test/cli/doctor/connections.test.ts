// The kernel's tables of TCP connections: a few lines as they stand there, and a connection of this process.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect } from 'chai';
import { establishedIn, isConnectedTo } from '../../../cli/doctor/connections.js';
import { endpointOf, reach } from '../../../cli/doctor/reach.js';
import { ConnectionError } from '../../../errors.js';
import { rejectionOf } from '../../transport/inbox.js';

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const IPV4 = `${HEAD}   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 0500000A:A3D2 0200000A:075B 01 00000000:00000000 00:00000000 00000000     0        0 2
   2: 0500000A:A3D4 0300000A:075B 06 00000000:00000000 00:00000000 00000000     0        0 3
`;
const IPV6 = `${HEAD}   0: 00000000000000000000000001000000:C350 00000000000000000000000001000000:075B 01 0:0 00:0 0 0 0 4
   1: 0000000000000000FFFF00000500000A:C351 0000000000000000FFFF00000200000A:075B 01 0:0 00:0 0 0 0 5
   2: B80D0120000000000000000001000000:C352 B80D0120000000000000000002000000:075B 01 0:0 00:0 0 0 0 6
`;

describe('connections of this machine', () => {
  it('are read from the tables of the kernel', () => {
    expect(establishedIn(IPV4)).to.deep.equal([{ address: '10.0.0.2', port: 1883 }]);
    expect(establishedIn(IPV6)).to.deep.equal([
      { address: '::1', port: 1883 },
      { address: '10.0.0.2', port: 1883 },
      { address: '2001:db8::2', port: 1883 },
    ]);
    expect(establishedIn('')).to.deep.equal([]);
  });

  it('are found while they are there', async () => {
    const server = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await isConnectedTo('127.0.0.1', port)).to.equal(false);
    const ms = await reach(`mqtt://127.0.0.1:${port}`, new AbortController().signal);
    expect(ms).to.be.within(0, 10_000);
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    expect(await isConnectedTo('localhost', port)).to.equal(true);
    socket.destroy();
    server.close();
    await once(server, 'close');
    const error = await rejectionOf(reach(`mqtt://127.0.0.1:${port}`, new AbortController().signal));
    expect(error).to.be.instanceOf(ConnectionError);
    expect(error.message).to.equal(`cannot connect to the broker at mqtt://127.0.0.1:${port}: nothing listens there`);
  });

  it('are looked for at the port that the scheme has', () => {
    expect(endpointOf('mqtt://10.0.0.2')).to.deep.equal({ host: '10.0.0.2', port: 1883 });
    expect(endpointOf('mqtts://me:secret@hub')).to.deep.equal({ host: 'hub', port: 8883 });
    expect(endpointOf('ws://[::1]:9001')).to.deep.equal({ host: '::1', port: 9001 });
    expect(endpointOf('wss://hub/mqtt')).to.deep.equal({ host: 'hub', port: 443 });
  });

  it('are not waited for once it is interrupted', async () => {
    const reason = new Error('enough');
    expect(await rejectionOf(reach('mqtt://127.0.0.1:1', AbortSignal.abort(reason)))).to.equal(reason);
  });
});
