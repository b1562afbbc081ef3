import { connect } from 'node:net';

// The SSLRequest message of the PostgreSQL protocol: length 8, code 80877103. The server answers one byte, S or N.
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/** Whether a PostgreSQL server listens on this port of 127.0.0.1; needs no password. */
export function answersAsPostgres(port: number, timeoutMs = 2_000): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(SSL_REQUEST));
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(timeoutMs, () => settle(false));
    socket.once('data', (data) => settle(data[0] === 0x53 || data[0] === 0x4e));
    socket.once('error', () => settle(false));
    socket.once('end', () => settle(false));
  });
}
