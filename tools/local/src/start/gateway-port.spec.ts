import { portRefused } from './gateway-port.ts';

describe('a port that npm start cannot have', () => {
  it.each([
    [
      'EADDRINUSE',
      8000,
      'Port 8000 is in use by another program. Stop that, or choose another port: PORT=8080 npm start',
    ],
    [
      'EADDRINUSE',
      8080,
      'Port 8080 is in use by another program. Stop that, or choose another port: PORT=8081 npm start',
    ],
    ['EACCES', 80, 'Port 80 needs root rights. Choose another: PORT=8080 npm start'],
  ])('is told with the remedy: %s on %d', (code, port, message) => {
    expect(portRefused(port, Object.assign(new Error('listen'), { code }))).toMatchObject({ message });
  });

  it('hides no other failure', () => {
    const failure = new Error('something else');
    expect(portRefused(8000, failure)).toBe(failure);
  });
});
