import fc from 'fast-check';
import { MASK } from './mask.ts';
import { maskText } from './secret-patterns.ts';

const SHA_CRYPT = `$6$rounds=5000$saltsalt$${'aB3dE5gH7'.repeat(9)}`;
const webhookOf = (tenant: string) => `https://${tenant}.webhook.office.com/webhookb2/${MASK}`;

describe('a text with a secret in it', () => {
  it.each([
    ['https://ann:hunter2@host:8089/x', `https://ann:${MASK}@host:8089/x`],
    ['a http://u:p@h,https://v:q@i b', `a http://u:${MASK}@h,https://v:${MASK}@i b`],
    ['redis://:p@ss@host', `redis://:${MASK}@host`],
    ['key=AKIAIOSFODNN7EXAMPLE, x', `key=${MASK}, x`],
    ['Authorization: Bearer abc.def.ghi', `Authorization: Bearer ${MASK}`],
    ['authorization: bearer AbC123==;', `authorization: bearer ${MASK};`],
    [
      'x -----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY----- y',
      `x -----BEGIN PRIVATE KEY-----${MASK}-----END PRIVATE KEY----- y`,
    ],
    ['-----BEGIN PRIVATE KEY-----\nMII', `-----BEGIN PRIVATE KEY-----${MASK}`],
    ['{"key":"-----BEGIN PRIVATE KEY-----\\nMIIEowIB"}', `{"key":"-----BEGIN PRIVATE KEY-----${MASK}`],
    ['-----BEGIN PRIVATE KEY----- MIIEowIBAAKCAQEA7b', `-----BEGIN PRIVATE KEY-----${MASK}`],
    [`a ${SHA_CRYPT} b`, `a ${MASK} b`],
    ['ann:$apr1$Zx8Kq2Lm$0aB1cD2eF3gH4iJ5kL6mN.', `ann:${MASK}`],
    ['ann:$1$Zx8Kq2Lm$0aB1cD2eF3gH4iJ5kL6mN.:1', `ann:${MASK}:1`],
    [`ann:$2y$10$${'aB3dE5gH7'.repeat(6).slice(0, 53)}`, `ann:${MASK}`],
    [`x=$2b$12$${'aB3dE5gH7'.repeat(6).slice(0, 53)},`, `x=${MASK},`],
    ['old $7$lxaIiojzFhNyAvERJSJKLo9fjEPEI5fMDuLm+LMJt== new', `old ${MASK} new`],
    ['{"password": "$1$k3Pq9sX2Lm0="}', `{"password": "${MASK}"}`],
    ['tenant=t;client_secret=hunter2;x', `tenant=t;client_secret=${MASK};x`],
    ['Server=h;Uid=sa;Pwd=hunter2;Encrypt=yes', `Server=h;Uid=sa;Pwd=${MASK};Encrypt=yes`],
    ['Password=hunter2;Server=h', `Password=${MASK};Server=h`],
    ['jdbc:sqlserver://h:1433;user=sa;password=hunter2', `jdbc:sqlserver://h:1433;user=sa;password=${MASK}`],
    ['jdbc:mysql://h/db?user=x&password=hunter2', `jdbc:mysql://h/db?user=x&password=${MASK}`],
    ['Authorization: Basic YW5uOmh1bnRlcjI=', `Authorization: Basic ${MASK}`],
    ['{"Authorization": "Splunk 7f3b1c52-9d1e"}', `{"Authorization": "Splunk ${MASK}"}`],
    ['{\\"authorization\\": \\"Basic YW5uOmh1bnRlcjI=\\"}', `{\\"authorization\\": \\"Basic ${MASK}\\"}`],
    ['https://h/x?token=abc123def&y=1', `https://h/x?token=${MASK}&y=1`],
    ['https://h/x?y=1&api_key=Z26V8OyrK5wAe6', `https://h/x?y=1&api_key=${MASK}`],
    [`https://hooks.slack.com/services/T0001/B0002/x`, 'https://hooks.slack.com/services/T0001/B0002/x'],
    [`https://hooks.slack.com/services/T00000001/B00000002/xYz12345`, `https://hooks.slack.com/services/${MASK}`],
    ['https://acme.webhook.office.com/webhookb2/7f3b1c52-9d1e@4c0a/IncomingWebhook/6a1f0e', webhookOf('acme')],
    ['x.py --password hunter2 --host h', `x.py --password ${MASK} --host h`],
    ['x.py --api-key="abc123"', `x.py --api-key="${MASK}"`],
    [`key ghp_${'aB3'.repeat(12)}.`, `key ${MASK}.`],
    ['xoxb-2345678901-abcdef', MASK],
    ['-H "X-Auth: Basic dXNlcjpwYXNz" x', `-H "X-Auth: Basic ${MASK}" x`],
    ['-H "X-Auth: Basic YW5uOmh1bnRlcjI" x', `-H "X-Auth: Basic ${MASK}" x`],
    ['-H "X-Auth: Basic YW5uOmh1bnRlcjI=" x', `-H "X-Auth: Basic ${MASK}" x`],
    [
      'AccountName=a;AccountKey=aB3dE5gH7aB3dE5gH7aB3==;EndpointSuffix=b',
      `AccountName=a;AccountKey=${MASK};EndpointSuffix=b`,
    ],
    ['<password>hunter2</password>', `<password>${MASK}</password>`],
    ['<a><dbPassword> hunter2 </dbPassword></a>', `<a><dbPassword> ${MASK} </dbPassword></a>`],
    ['<password><![CDATA[hunter2]]></password>', `<password><![CDATA[${MASK}]]></password>`],
    [
      '<w:Password Type="x#PasswordText">hunter2</w:Password>',
      `<w:Password Type="x#PasswordText">${MASK}</w:Password>`,
    ],
    ['<param name="password">hunter2</param>', `<param name="password">${MASK}</param>`],
    [`<entry key='api-key' type="x">a1b2c3</entry>`, `<entry key='api-key' type="x">${MASK}</entry>`],
    ['<add key="ApiKey" value="a1b2c3"/>', `<add key="ApiKey" value="${MASK}"/>`],
    ['"password">hunter2</param>', `"password">${MASK}</param>`],
    ['X-Api-Key: hunter2', `X-Api-Key: ${MASK}`],
    ['-H "x-auth-token:a1b2c3" h', `-H "x-auth-token:${MASK}" h`],
    [`{'X-Vault-Token': 'hvs.a1b2c3'}`, `{'X-Vault-Token': '${MASK}'}`],
    ['PRIVATE-TOKEN: a1b2c3', `PRIVATE-TOKEN: ${MASK}`],
    ['curl --user ann:hunter2 h', `curl --user ann:${MASK} h`],
    ['curl -u "ann:hunter2" h', `curl -u "ann:${MASK}" h`],
    ['SSHPASS=a1b', `SSHPASS=${MASK}`],
    ['X-Key:a1b2c3', `X-Key:${MASK}`],
    ['PGPASSWORD=hunter psql', `PGPASSWORD=${MASK} psql`],
    ['x AWS_SECRET_ACCESS_KEY="a/b+c" y', `x AWS_SECRET_ACCESS_KEY="${MASK}" y`],
    ['java -Djavax.net.ssl.keyStorePassword=changeit -jar', `java -Djavax.net.ssl.keyStorePassword=${MASK} -jar`],
    ['openssl rsa -passin pass:hunter -in a', `openssl rsa -passin pass:${MASK} -in a`],
    ['https://ghp_abcdefghij0123@github.com/x', `https://${MASK}@github.com/x`],
    ['https://4f8b2a9c1d7e6f5a4b3c@github.com/x', `https://${MASK}@github.com/x`],
    ['https://ghp_abcdefghij0123:x-oauth-basic@github.com/x', `https://${MASK}:${MASK}@github.com/x`],
    [`ghs_${'aB3'.repeat(12)}`, MASK],
    ['jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.aB3dE5gH7aB3.', `jwt ${MASK}.`],
  ])('keeps the rest and loses the secret: %s', (text, masked) => {
    expect(maskText(text)).toBe(masked);
    expect(maskText(masked)).toBe(masked);
  });

  it('is left alone when there is none', () => {
    for (const text of ['', 'source::/var/log/x', 'monitor://C:\\logs', 'https://host:8089/a@b', 'Bearer of news'])
      expect(maskText(text)).toBe(text);
  });

  it.each([
    '-----BEGIN CERTIFICATE-----',
    '-----BEGIN [A-Z ]+-----[^-]+-----END',
    'index=a "-----BEGIN RSA PRIVATE KEY-----" OR "-----END RSA PRIVATE KEY-----"',
    '(-----BEGIN CERTIFICATE-----[\\r\\n]+)',
    'see https://host.example.com:8089, or write to ann@example.com',
    'https://host.example.com:8089,ann@example.com',
    '{"url":"https://host:8089","mail":"ann@example.com"}',
    '<a href="http://host:80">ann@example.com</a>',
    '$1$2 and $6$7',
    '$1$abcdefghijkl and $1$::$2',
    's/(a)(b)/$1$Xy1/',
    '$form.token$ $7$',
    'https://h/x?token=$token$&api_key=<key>&secret={secret}',
    'https://h/x?token=mytoken',
    '[?&]token=(?<token>[^&]+)&',
    'Authorization: Basic authentication is used',
    'Basic Windows2012Events',
    'Basic authentication and BasicConstraints',
    'Basic AuthenticationFilterChain1',
    'Authorization: Basic <base64>',
    'Pwd=$pwd$;Server=h',
    'Server=h;Pwd=<password>;',
    'eval a=1; password=(b)',
    'use --password to log in, --token TOKEN for tokens, --password <password> or --secret $SECRET',
    'https://hooks.slack.com/services/',
    'https://hooks.slack.com/services/<id>',
    '<password>string</password><password>$pass1word$</password><token>{{token1}}</token>',
    '<password>the password of user1</password>',
    '<xs:element name="password" type="xs:string1"/><xs:element name="token" default="x1"/>',
    '<param name="password">password of user1</param>',
    '<add key="ApiKey" value="$api_key1$"/><add key="color" value="a1b2c3"/>',
    '<token_url>oauth2v1</token_url>',
    'X-Api-Key: <key1>, X-Auth-Token: $token1$, X-Request-Id: a1b2c3d4',
    'X-Api-Key: the key of user1',
    'docker run --user 1000:1000 -u root:root',
    'send -u http://localhost:8080/logs',
    '-u $USER1:$PASS1 --user <user>:<password1>',
    'PGPASSWORD=$PG_PASS1 PGPASSWORD="${X}" SSHPASS=<password>',
    '-Dx.password=${password} -Dshow.password=true -Dx.color=a1b2c3',
    '-passin pass:<password> -passin pass:$PASS -passin file:/x1',
    'https://splunk-user-2024@host/x',
    'https://my-very-long-host-name-12345-67890:8089/x',
    'ssh://first.last.of.a.long.name.2024.1@host',
  ])('is left alone when it only speaks of one: %s', (text) => expect(maskText(text)).toBe(text));

  it('of a hostile shape stays a matter of its length', () => {
    const shapes = [
      '-----BEGIN A-----',
      '-----BEGIN A-----\n',
      '-----BEGIN A-----\\n',
      '://a:',
      '?token=',
      '&token=a',
      '&pwd=',
    ];
    shapes.push('Authorization: Basic ', 'Authorization:', ';pwd=', ';pwd=a', ';pwd= ', ' --password', ' --password ');
    shapes.push(
      '$1$a',
      '$5$a$',
      '$2y$10$',
      '$y$a$a$',
      '$7$',
      '$argon2i$',
      'xox',
      'xoxb-',
      'AIza',
      'eyJ',
      'eyJ-',
      'eyJaaaaaaaa.',
      'Basic ',
      'Basic a',
      'AccountKey=',
      'ghp_a',
      '://a1',
      '<',
      '>',
      '<a ',
      '<a name="password"',
      '"password"',
      '>a</',
      '>a</password',
      'X-a-',
      'X-Key:',
      ' -u a:',
      ' -D',
      ' -Dpassword',
      ' -passin ',
      'PGPASSWORD=',
      '\n',
      ' ',
      'a',
    );
    for (const shape of shapes)
      for (const head of ['', 'AKIA://:?&;-----BEGIN A-----\\ -Key </ /> -D -pass -u '])
        expect(maskText(head + shape.repeat(40_000)).length).toBeGreaterThan(0);
  });

  it('never shows the password of a URL', () => {
    const password = fc.stringMatching(/^[A-Za-z0-9!#$%&*+,.;:=^_~-]{8,30}$/);
    fc.assert(
      fc.property(password, fc.webFragments(), (secret, rest) => {
        fc.pre(/[A-Za-z0-9]{2}/.test(secret) && !/^\$\w+\$$/.test(secret));
        expect(maskText(`https://ann:${secret}@host/${rest}`)).toBe(`https://ann:${MASK}@host/${rest}`);
      }),
    );
  });
});
