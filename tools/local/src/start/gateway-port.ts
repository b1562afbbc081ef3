import { StartRefused } from './start-refused.ts';

/** The sentence for a port that another program has. */
export const portTaken = (port: number): string =>
  `Port ${port} is in use by another program. Stop that, or choose another port: PORT=${port === 8080 ? 8081 : 8080} npm start`;

/** What kept the gateway from listening on this port, in words for whoever typed npm start. */
export function portRefused(port: number, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return new StartRefused(portTaken(port));
  if (code === 'EACCES') return new StartRefused(`Port ${port} needs root rights. Choose another: PORT=8080 npm start`);
  return error;
}
