import { packagesToInstall } from './unpack-from-apt.ts';

describe('the packages that apt would install', () => {
  it('are the server and the libraries this system lacks, each once', () => {
    const simulation = [
      'Inst libjemalloc2 (5.3.0-1 Debian:12.9/oldstable [amd64])',
      'Inst redis-tools (5:7.0.15-1 Debian-Security:12/oldstable-security [amd64])',
      'Inst redis-server (5:7.0.15-1 Debian-Security:12/oldstable-security [amd64])',
      'Conf libjemalloc2 (5.3.0-1 Debian:12.9/oldstable [amd64])',
      'Conf redis-server (5:7.0.15-1 Debian-Security:12/oldstable-security [amd64])',
    ].join('\n');
    expect(packagesToInstall(simulation)).toEqual(['libjemalloc2', 'redis-tools', 'redis-server']);
  });

  it('are none when apt could not tell', () => {
    expect(packagesToInstall('E: Unmet dependencies.')).toEqual([]);
  });
});
