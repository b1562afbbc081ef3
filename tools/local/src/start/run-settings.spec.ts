import { readRunSettings } from './run-settings.ts';

describe('the settings of npm start', () => {
  it('are port 8000 and servers of our own when nothing is said', () => {
    expect(readRunSettings({ PORT: '', DATABASE_URL: '' })).toEqual({
      port: 8000,
      databaseUrl: undefined,
      redisUrl: undefined,
    });
  });

  it("are the user's own servers when they are named", () => {
    const env = { PORT: '8080', DATABASE_URL: 'postgresql://u:p@db/confscope', REDIS_URL: 'rediss://:p@cache:6380' };
    expect(readRunSettings(env)).toEqual({ port: 8080, databaseUrl: env.DATABASE_URL, redisUrl: env.REDIS_URL });
  });

  it.each(['abc', '0', '65536', '-1', '80.5', '1e3', ' 80'])('refuse the port %j with the remedy', (port) => {
    expect(() => readRunSettings({ PORT: port })).toThrow(/must be a number from 1 to 65535.*PORT=8080 npm start/);
  });

  it('refuse an address of the wrong kind without showing its password', () => {
    const refuse = (): unknown => readRunSettings({ DATABASE_URL: 'mysql://root:hush@db/x' });
    expect(refuse).toThrow('DATABASE_URL must be an address that begins with postgres:// or postgresql://');
    expect(refuse).not.toThrow(/hush/);
  });
});
