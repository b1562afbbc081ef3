import { connect } from 'node:net';

/** What a Redis server answers to AUTH and PING. `silent`: nobody listens, or nothing came in time. */
export type PingAnswer = 'pong' | 'loading' | 'wrong password' | 'silent';

/** Asks the server on 127.0.0.1 whether it is ready; the password proves that it is the one we started. */
export function redisPing(port: number, password: string, timeoutMs = 2_000): Promise<PingAnswer> {
  return new Promise((resolve) => {
    let reply = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`AUTH ${password}\r\nPING\r\n`));
    const settle = (answer: PingAnswer): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => settle('silent'));
    socket.setEncoding('utf8').on('data', (text: string) => {
      reply += text;
      if (reply.includes('+PONG')) settle('pong');
      else if (reply.includes('-LOADING')) settle('loading');
      else if (/^-(WRONGPASS|ERR|NOAUTH)/m.test(reply)) settle('wrong password');
    });
    socket.once('error', () => settle('silent'));
    socket.once('end', () => settle('silent'));
  });
}
