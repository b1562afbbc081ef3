import { mayHoldSecret } from './loose-secret.ts';
import { maskConf } from './mask-conf.ts';

describe('a secret in a comment', () => {
  it.each([
    'password = hunter2',
    'bindpw = hunter2',
    'auth_header = Token a1b2c3d4',
    'x = password: hunter2',
    'password: hunter2',
    "{'password': 'hunter2'}",
    'PGPASSWORD=hunter psql',
    '<password>hunter2</password>',
    '<add key="password" value="hunter2"/>',
    'X-Api-Key: a1b2c3',
    'curl -u ann:hunter2 h',
    'curl --user ann:hunter2 h',
    'openssl rsa -passin pass:hunter',
    'https://ann:hunter2@h',
    'k = java -Djavax.net.ssl.keyStorePassword=changeit',
    'k = export API_TOKEN="a1b2c3"',
    'https://ghp_abcdefghij0123@h',
    'https://4f8b2a9c1d7e6f5a4b3c@h',
  ])('is foreseen before its place is looked for: %s', (text) => {
    expect(maskConf(`# ${text}\n`, { conf: 'acme' }).secrets).toEqual([expect.objectContaining({ isClear: true })]);
    expect(mayHoldSecret([`# ${text}`], 'acme')).toBe(true);
  });

  it.each(['see https://example.com/x', 'the password of the user', 'password: string', '<b>x</b>', 'x = y'])(
    'is not seen where there is none: %s',
    (text) => expect(mayHoldSecret([`# ${text}`], 'acme')).toBe(false),
  );
});
