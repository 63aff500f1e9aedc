import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { type LinkProxy, openProxy } from '../../../cli/chaos/proxy.js';

const HOST = '127.0.0.1';

describe('the proxy in a link', () => {
  let server: Server;
  let proxy: LinkProxy;
  const accepted: Socket[] = [];
  beforeEach(async () => {
    accepted.length = 0;
    server = createServer((socket) => {
      accepted.push(socket);
      socket.on('error', () => {});
      socket.pipe(socket); // an echo
    }).listen(0, HOST);
    await once(server, 'listening');
    proxy = await openProxy({ host: HOST, port: (server.address() as AddressInfo).port });
  });
  afterEach(async () => {
    await proxy.close();
    for (const socket of accepted) socket.destroy();
    server.close();
  });

  async function client(): Promise<Socket> {
    const socket = connect(proxy.port, HOST);
    await once(socket, 'connect');
    return socket;
  }

  async function echo(socket: Socket, text: string): Promise<string> {
    socket.write(text);
    const [data] = await once(socket, 'data');
    return String(data);
  }

  function closeOf(socket: Socket): Promise<void> {
    return new Promise((resolve) => socket.once('close', () => resolve()));
  }

  async function failureOf(socket: Socket): Promise<string> {
    const [error] = await once(socket, 'error');
    return error.code;
  }

  it('passes on what comes, both ways', async () => {
    const socket = await client();
    expect(await echo(socket, 'hello')).to.equal('hello');
    socket.destroy();
  });

  it('drops the connections of a link that is cut, at both ends', async () => {
    const socket = await client();
    await echo(socket, 'hello');
    const closed = closeOf(accepted[0] as Socket);
    const failed = failureOf(socket);
    proxy.cut();
    expect(await failed).to.equal('ECONNRESET');
    await closed;
  });

  it('lets nobody in before it is mended', async () => {
    proxy.cut();
    expect(await failureOf(connect(proxy.port, HOST))).to.equal('ECONNRESET');
    expect(accepted).to.have.length(0);
    proxy.mend();
    const socket = await client();
    expect(await echo(socket, 'again')).to.equal('again');
    socket.destroy();
  });

  it('tells each end at once that the other is gone', async () => {
    const socket = await client();
    await echo(socket, 'hello');
    socket.on('error', () => {});
    const closed = closeOf(socket);
    accepted[0]?.resetAndDestroy();
    await closed;
  });

  it('refuses in the name of a broker that is not there', async () => {
    server.close();
    for (const socket of accepted) socket.destroy();
    await failureOf(connect(proxy.port, HOST));
  });
});
