import { stripVTControlCharacters } from 'node:util';
import { startSummary } from './start-summary.ts';

describe('the summary of npm start', () => {
  const places = { url: 'http://127.0.0.1:8080', dataDir: '/c/.confscope', logs: '/c/.confscope/logs' };

  it('says where everything is and gives the command to try', () => {
    const text = stripVTControlCharacters(startSummary({ ...places, postgresPort: 5001, redisPort: undefined }));
    expect(text).toContain('Confscope is up  http://localhost:8080');
    expect(text).toMatch(/PostgreSQL +127\.0\.0\.1:5001/);
    expect(text).toMatch(/Redis +your own/);
    expect(text).toContain('curl -X POST http://localhost:8080/v1/uploads -F "file=@samples/acme-etc.tar.gz"');
  });
});
