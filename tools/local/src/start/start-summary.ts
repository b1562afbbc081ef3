import { styleText } from 'node:util';

/** Where everything is once it runs. */
export interface RunningPlaces {
  url: string;
  dataDir: string;
  logs: string;
  /** Undefined when the server is the user's own. */
  postgresPort: number | undefined;
  redisPort: number | undefined;
}

/** What the user reads when everything is up. Shows no password. */
export function startSummary({ url, dataDir, logs, postgresPort, redisPort }: RunningPlaces): string {
  const port = new URL(url).port;
  const origin = `http://localhost${port ? `:${port}` : ''}`;
  const server = (ownPort: number | undefined): string => (ownPort === undefined ? 'your own' : `127.0.0.1:${ownPort}`);
  const row = (name: string, value: string): string => `  ${styleText('dim', name.padEnd(12))}${value}`;
  return [
    '',
    `${styleText(['bold', 'green'], 'Confscope is up')}  ${styleText('bold', origin)}`,
    '',
    row('Reading', `${origin}/docs`),
    row('Uploading', `${origin}/upload-api/docs`),
    row('Data', dataDir),
    row('Logs', logs),
    row('PostgreSQL', server(postgresPort)),
    row('Redis', server(redisPort)),
    '',
    '  Try it with the sample:',
    '',
    `  curl -X POST ${origin}/v1/uploads -F "file=@samples/acme-etc.tar.gz" -F "type=ds_etc" -F "label=My Config"`,
    '',
    styleText('dim', '  Ctrl-C stops everything.'),
    '',
  ].join('\n');
}
