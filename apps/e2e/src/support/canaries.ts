/** A file of an upload with secrets in it; each secret holds the word CANARY, so that it is found wherever it goes. */
export interface CanaryFile {
  path: string;
  content: string;
}

const GUID = '7f3b1c52-9d1e-4c0a-8b52-CANARY0e9d2c44';
const HEX_GUID = 'ca9a21e5-9d1e-4c0a-8b52-6a1f0e9d2c44';
const pem = (name: string) => [
  `-----BEGIN ${name}-----`,
  'MIIEowIBAAKCAQEA7bqCANARY98Zx0Tn3yPq1sVw5uLk2m',
  `-----END ${name}-----`,
];

/** What is secret and does not hold the word: a GUID is hexadecimal, an AWS key has letters and digits of its own. */
export const OTHER_CANARIES = [HEX_GUID, 'AKIACANARYEXAMPLE123'];

/** Secrets of every kind, in every place where one may stand. */
export const CANARY_FILES: readonly CanaryFile[] = [
  {
    path: 'etc/system/local/server.conf',
    content: lines(
      '[general]',
      'pass4SymmKey = CANARY-listed',
      'pass4SymmKey = CANARY-overwritten',
      'pass4SymmKey = CANARY-wins',
      '# pass4SymmKey = CANARY-commented',
      '[sslConfig]',
      'sslPassword = $7$CANARYlxaIiojzFhNyAvERJSJKLo9fjEPEI5fMDuLm/==',
      '[proxyConfig]',
      'http_proxy = http://ann:CANARY-in-url@proxy:8080',
      'https_proxy = ann:CANARY-without-a-scheme@proxy:8080',
    ),
  },
  {
    path: 'etc/system/local/inputs.conf',
    content: lines(
      '[http://a]',
      `token = ${GUID}`,
      '[http://b]',
      `token = ${HEX_GUID}`,
      '[rest://https://bob:CANARY-in-name@host/path]',
      'interval = 60',
      '[script://./bin/x.sh --password CANARY1-argument -p CANARY2]',
      'interval = 60',
      '[tcp-ssl:9997',
      'password = CANARY-in-unclosed-stanza',
    ),
  },
  {
    path: 'etc/apps/a/local/acme_settings.conf',
    content: lines(
      '[account]',
      'api_key = CANARY-generic',
      'client.secret = CANARY-continued \\',
      '  and-CANARY-on-the-next-line',
      'header = Authorization: Bearer CANARY.eyJhbGciOiJIUzI1NiJ9.abc123',
      'id = AKIACANARYEXAMPLE123',
      ...['auth_pass', 'pwd', 'encryption_key', 'ssh_key', 'client_key'].map((key) => `${key} = CANARY-${key}`),
      'connection = Server=h;Uid=sa;Pwd=CANARY-connection;Encrypt=yes',
      'basic = Authorization: Basic CANARYW5uOmh1bnRlcjI=',
      'endpoint = https://h/x?token=CANARY123def456&y=1',
      'hook = https://hooks.slack.com/services/T00000001/B00000002/CANARY12345',
      'users = ann:$6$saltsalt$CANARYdE5gH7aB3dE5gH7aB3dE5gH7, bob:$apr1$Zx8Kq2Lm$CANARYD2eF3gH4iJ5kL6mN',
      'body = {"a": "$7$CANARYiojzFhNyAvERJSJKLo9fjEPEI5fM=="}',
      'options = user: ann, password: CANARY1-of-yaml',
      'environment = export API_TOKEN="CANARY1-exported"',
      "python = {'X-Api-Key': 'CANARY1-header', 'password': 'CANARY2-dict'}",
      'ruby = password => "CANARY1-rocket"',
      'xml = <a><password>CANARY1-element</password><param name="password">CANARY2-param</param></a>',
      'soap = <wsse:Password Type="a#PasswordText">CANARY1-soap</wsse:Password>',
      'java_options = -Djavax.net.ssl.keyStorePassword=CANARY-of-java',
      'openssl = openssl rsa -passin pass:CANARY-of-openssl',
      'curl = curl --user ann:CANARY1-of-curl https://h',
      'clone = https://ghp_CANARY1234567890@github.com/x',
      'auth_header = Basic CANARY1-of-a-header',
      'bindpw = CANARY-bindpw',
      `cert = ${pem('RSA PRIVATE KEY').join('\\\n')}`,
      'port = 1 \\',
      'password = CANARY-swallowed-by-the-line-above',
      'sslPassword = CANARY-before-a-blank\\ ',
      'the rest of CANARY-that-secret',
      ...pem('PRIVATE KEY'),
      'abcdCANARY12345678efGH==',
      'https://eve:CANARY-in-a-key@host/?x = 1',
      '= CANARY-without-a-key',
    ),
  },
  {
    path: 'etc/apps/a/local/savedsearches.conf',
    content: lines(
      '[s]',
      'search = | login user=ann password="CANARY1-typed-in-a-search" \\',
      '| stats count',
      '[t]',
      `search = | dbxquery query="exec p password='CANARY5-single'"`,
    ),
  },
  {
    path: 'etc/apps/a/local/passwords.conf',
    content: lines('[credential:realm:ann:]', 'password = $1$CANARYabcdefgh=='),
  },
  { path: 'etc/system/local/user-seed.conf', content: lines('[user_info]', 'PASSWORD = CANARY-seed') },
  {
    path: 'etc/apps/a/metadata/local.meta',
    content: lines('[]', 'owner = http://ann:CANARY-meta@host', 'sslPassword = CANARY-in-metadata'),
  },
  { path: 'etc/auth/splunk.secret', content: 'CANARY-key-of-the-instance' },
  { path: 'etc/auth/server.pem', content: pem('PRIVATE KEY').join('\n') },
  { path: 'etc/passwd', content: ':admin:$6$CANARY$hash:::' },
  { path: 'etc/apps/a/local/client.key', content: 'CANARY-client-key' },
  { path: 'etc/apps/a/bin/ignored.conf', content: 'password = CANARY-in-an-ignored-file' },
];

/** Something that is no secret: where it is not found, nobody looked. */
export const WITNESS: CanaryFile = {
  path: 'etc/apps/a/local/props.conf',
  content: lines('[witness-stanza]', 'k = witness-value'),
};

function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
