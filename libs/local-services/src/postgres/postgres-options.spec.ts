import { execFileSync } from 'node:child_process';
import { postgresOptions, shellWords } from './postgres-options.ts';

describe('the settings of a local PostgreSQL', () => {
  it('give up durability only when asked to', () => {
    expect(postgresOptions(5432, true)).not.toContain('fsync=off');
    expect(postgresOptions(5432, false)).toContain('fsync=off');
  });

  it('pass through the shell of pg_ctl unchanged', () => {
    const words = ['-c', "log_line_prefix=%m [%p] it's $HOME", 'unix_socket_directories='];
    const echoed = execFileSync('sh', ['-c', `printf '%s\\n' ${shellWords(words)}`], { encoding: 'utf8' });
    expect(echoed.trimEnd().split('\n')).toEqual(words);
  });
});
