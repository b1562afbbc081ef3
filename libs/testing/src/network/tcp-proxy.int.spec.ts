import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { TcpProxy } from './tcp-proxy.ts';

describe('a network that fails on demand', () => {
  let echo: Server;
  let proxy: TcpProxy;
  const heard: string[] = [];
  const clients: Socket[] = [];

  beforeAll(async () => {
    echo = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.setEncoding('utf8').on('data', (text: string) => {
        heard.push(text);
        socket.write(text);
      });
    });
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
  });
  afterAll(() => echo.close());
  beforeEach(async () => {
    heard.length = 0;
    proxy = await TcpProxy.start((echo.address() as AddressInfo).port);
  });
  afterEach(async () => {
    for (const socket of clients.splice(0)) socket.destroy();
    await proxy.stop();
  });

  async function client(): Promise<Socket> {
    const socket = connect(proxy.port, '127.0.0.1');
    clients.push(socket);
    // A reset that no test waits for is no failure of that test.
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  }

  async function answerTo(socket: Socket, text: string): Promise<string> {
    socket.write(text);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    return answer.toString();
  }

  it('passes on what both sides say', async () => {
    expect(await answerTo(await client(), 'hello')).toBe('hello');
  });

  it('delivers what was sent during a silence when the silence is over', async () => {
    const socket = await client();
    await answerTo(socket, 'before');
    proxy.goSilent();
    socket.write('during');
    // A new connection hears nothing either; both are released by the same end of the silence.
    const late = await client();
    late.write('late');
    expect(heard).toEqual(['before']);
    const answers = Promise.all([once(socket, 'data'), once(late, 'data')]);
    proxy.heal();
    expect((await answers).map(([answer]) => String(answer))).toEqual(['during', 'late']);
  });

  it('carries a request out and loses its answer with the connection', async () => {
    const socket = await client();
    await answerTo(socket, 'first');
    proxy.loseReplies(1);
    const error = once(socket, 'error');
    socket.write('commit');
    expect(((await error) as [NodeJS.ErrnoException])[0].code).toBe('ECONNRESET');
    expect(heard).toEqual(['first', 'commit']);
    expect(await answerTo(await client(), 'next')).toBe('next');
  });

  it('resets every open connection', async () => {
    const socket = await client();
    await answerTo(socket, 'hello');
    const error = once(socket, 'error');
    proxy.resetAll();
    expect(((await error) as [NodeJS.ErrnoException])[0].code).toBe('ECONNRESET');
    expect(proxy.connections).toBe(0);
  });

  it('keeps the order of what it slows down', async () => {
    const socket = await client();
    proxy.slowDown(5);
    for (const text of ['a', 'b', 'c']) socket.write(text);
    let all = '';
    while (all.length < 3) all += String(((await once(socket, 'data')) as [Buffer])[0]);
    expect(all).toBe('abc');
  });
});
