import { findSecret } from './find-secret.ts';
import { keyTraits } from './secret-keys.ts';

const GUID = '7f3b1c52-9d1e-4c0a-8b52-6a1f0e9d2c44';
const REMOTE = [
  'remote.s3.access_key',
  'remote.s3.secret_key',
  'remote.s3.kms.key_id',
  'remote.s3.kms.access_key',
  'remote.s3.kms.secret_key',
  'remote.gs.credential_file',
  'remote.azure.access_key',
  'remote.azure.secret_key',
  'remote.azure.client_secret',
  'remote.azure.azure_kv.key_vault_client_secret',
  'remote.azure.azure_kv.key_name',
  'remote.azure.azure_kv.endpoint',
];
const QUEUES = ['sqs_smartbus', 'asq', 'sqs', 'kinesis'].flatMap((queue) => [
  `remote_queue.${queue}.access_key`,
  `remote_queue.${queue}.secret_key`,
]);

/** Conf, stanza and the settings of it that are secrets. */
const LISTED: [string, string, string[]][] = [
  ['server', 'general', ['pass4SymmKey', 'sslPassword', 'password', 'sslKeysfilePassword', 'embedSecret']],
  ...[
    ...['deployment', 'clustering', 'shclustering', 'cascading_replication', 'parallelreduce', 'indexer_discovery'],
    ...['clustermanager:one', 'clustermaster:one', 'dmc', 'replication_port-ssl://9887'],
  ].map((stanza): [string, string, string[]] => ['server', stanza, ['pass4SymmKey', 'sslPassword', 'password']]),
  ['server', 'kvstore', ['sslKeysPassword']],
  ['server', 'scs', ['kvservice.principal.client.secret']],
  ['server', 'search_artifact_remote_storage', REMOTE],
  ['outputs', 'tcpout', ['sslPassword', 'socksPassword', 'token']],
  ['outputs', 'tcpout:group', ['sslPassword', 'socksPassword', 'token']],
  ['outputs', 'indexer_discovery:a', ['pass4SymmKey']],
  ['outputs', 'httpout', ['httpEventCollectorToken']],
  ['outputs', 'remote_queue:q', [...REMOTE, ...QUEUES]],
  ['inputs', 'SSL', ['password', 'sslPassword']],
  ['inputs', 'http', ['sslPassword', 'sslKeysfilePassword']],
  ['inputs', 'http://firewall', ['token']],
  ['inputs', 'splunktcptoken://a', ['token']],
  ['inputs', 'remote_queue:q', QUEUES],
  ['indexes', 'volume:remote', REMOTE],
  ['alert_actions', 'email', ['auth_password']],
  ['app', 'credential:realm:ann:', ['password', 'sslPassword']],
  ['passwords', 'credential:realm:ann:', ['password', 'sslPassword']],
  [
    'authentication',
    'corporate_ldap',
    [
      ...['bindDNpassword', 'sslKeysfilePassword', 'attributeQuerySoapPassword', 'scriptSecureArguments'],
      ...['sslPassword', 'accessKey', 'secretKey', 'appSecretKey', 'integrationKey'],
    ],
  ],
  ['web', 'settings', ['privKeyPassword', 'sslPassword']],
  ['federated', 'provider://a', ['password']],
  ['user-seed', 'user_info', ['PASSWORD', 'HASHED_PASSWORD']],
  ['distsearch', 'tokenExchKeys', ['privateKey']],
];

describe('a setting that Splunk keeps secret', () => {
  it.each(LISTED.flatMap(([conf, stanza, keys]) => keys.map((key) => [conf, stanza, key] as const)))(
    'is a secret in %s.conf: [%s] %s',
    (conf, stanza, key) => {
      expect(findSecret(conf, stanza, key, 'enabled')).toBe('listed');
      expect(findSecret(conf, stanza, key, '')).toBeNull();
    },
  );

  it('is one where a GUID is given to what is named after the HTTP event collector', () => {
    const guid = '12345678-1234-1234-1234-123456789abc';
    expect(findSecret('acme_settings', 'main', 'splunk_hec', guid)).toBe('hec-token');
    expect(findSecret('acme_settings', 'main', 'check_id', guid)).toBeNull();
  });

  it('is none in another conf or stanza, unless its name says so', () => {
    expect(findSecret('props', 'volume:remote', 'remote.s3.kms.key_id', 'alias/x')).toBeNull();
    expect(findSecret('authorize', 'role_a', 'integrationKey', 'x')).toBeNull();
    expect(findSecret('props', 'a', 'password', 'x')).toBe('named');
  });

  it('is none where it names the file of a key', () => {
    expect(findSecret('distsearch', 'tokenExchKeys', 'privateKey', 'private.pem')).toBeNull();
    expect(findSecret('distsearch', 'tokenExchKeys', 'privateKey', 'MIIEowIBAAKCAQEA7b')).toBe('listed');
    expect(findSecret('server', 'general', 'pass4SymmKey', 'private.pem')).toBe('listed');
  });
});

describe('JSON in a value', () => {
  it.each([
    '{"password": "hunter2pw"}',
    'body {"a": {"client_secret":"Canary21"}}',
    '{\\"x-api-key\\": \\"a1B2-c3d4\\"}',
    '{"token": "abc123-DEF456"}',
  ])('holds a secret: %s', (value) =>
    expect(findSecret('alert_actions', 'webhook', 'param.body', value)).toBe('in-json'),
  );

  it.each([
    '{"password": "$result.password$"}',
    '{"password": "<password>"}',
    '{"password": "string"}',
    '{"secret_name": "field1"}',
    '{"token": "src_user2", "secret": "sha256"}',
    '{"reset_password": "Step2 of 3"}',
  ])('holds none: %s', (value) => expect(findSecret('alert_actions', 'webhook', 'param.body', value)).toBeNull());
});

describe('a setting named like a secret', () => {
  it.each([
    ...['password', 'proxy_password', 'PASSWORD', 'db.passwd', 'key-passphrase', 'pass4SymmKey', 'client_secret'],
    ...['secretKey', 'aws_secret_access_key', 'auth_token', 'refreshToken', 'api_key', 'apiKey', 'x-api-key'],
    ...['access_key', 'private_key', 'shared.key', 'credential', 'auth_key', 'sessionKey', 'bearer', 'password2'],
    ...[
      'password_account',
      'token_profile',
      'action.x.param.secret',
      'securityToken',
      'token_value',
      'max_token',
      'token',
    ],
    ...['auth_pass', 'dbPass', 'smtppass', 'pwd', 'user_pwd', 'ldappwd', 'bind_pw', 'pre_shared_psk', 'pass'],
    ...['passcode', 'snmp_community', 'communitystring', 'privKey', 'v3_privKey', 'license_key'],
    ...['bindpw', 'rootpw', 'olcRootPW', 'storage_key', 'AZURE_STORAGE_KEY'],
    ...['encryption_key', 'ssh_key', 'client_key', 'clientKey', 'signing_key', 'hmac.key', 'storage_account_key'],
  ])('is one: %s', (key) => {
    expect(findSecret('acme_account', 'main', key, 'hunter2')).toBe('named');
    expect(findSecret('acme_account', 'main', key, '********')).toBe('named');
  });

  it.each([
    ['fields', 'TOKENIZER', '(\\w+)'],
    ['authentication', 'minPasswordLength', '8'],
    ['authentication', 'minPasswordUppercase', '12'],
    ['authentication', 'passwordHistoryCount', '24'],
    ['authentication', 'expirePasswordDays', '90'],
    ['authentication', 'enablePasswordHistory', '2'],
    ['authentication', 'forceWeakPasswordChange', 'maybe'],
    ['authentication', 'passwordHashAlgorithm', 'SHA512-crypt'],
    ['web', 'loginPasswordHint', 'changeme'],
    ['server', 'pass4SymmKey_minLength', '12'],
    ['server', 'sessionTimeout', '1h'],
    ['acme', 'accessTokenTimeout', '3600'],
    ['acme', 'max_output_tokens', '4096'],
    ['acme', 'token_url', 'https://login.example.com/oauth2/token'],
    ['acme', 'private_key_path', '/opt/acme/key'],
    ['eventgen', 'token.0.token', '\\d{10}'],
    ['eventgen', 'token.12.replacement', 'ipv4'],
    ['props', 'EXTRACT-password', '(?<pw>\\S+)'],
    ['props', 'EVAL-api_key', 'coalesce(a, b)'],
    ['props', 'FIELDALIAS-token', 'a AS token'],
    ['props', 'SEDCMD-hide_password', 's/a/b/'],
    ['collections', 'field.token', 'string'],
    ['app', 'reload.passwords', 'simple'],
    ['alert_actions', 'show_password', 'true'],
    ['authorize', 'list_storage_passwords', 'enabled'],
    ['tags', 'password', 'enabled'],
    ['props', 'keypad', 'x'],
    ['props', 'sourcetype', 'passwordless'],
    ['restmap', 'authKeyStanza', 'parallelreduce'],
    ['server', 'conf_replication_summary.whitelist.passwd', 'passwd'],
    ['server', 'conf_replication_summary.includelist.passwd', 'passwd'],
    ['limits', 'tokens_limit', '100'],
    ['limits', 'token_cache_size', '5000'],
    ['limits', 'maxchars_token', '100'],
    ['authentication', 'userPasswordMinLen', '8'],
    ['authorize', 'tokenAuthMode', 'strict'],
    ['health', 'indicator:token_expiry:yellow', '3d'],
    ['acme', 'by_pass', 'now'],
    ['acme', 'two_pass', 'often'],
    ['acme', 'compass', 'north'],
    ['acme', 'pass_through', 'all'],
    ['acme', 'storage_key_path', 'x'],
    ['acme', 'storage_key', '/opt/acme/storage.key'],
    ['acme', 'ssh_key_path', '~/.ssh'],
    ['acme', 'client_key', '$SPLUNK_HOME/etc/auth/x'],
    ['acme', 'ssh_key', '/opt/acme/id.pem'],
    ['acme', 'encryption_key_length', 'long'],
    ['audit', 'privateKey', '$SPLUNK_HOME/etc/auth/audit/private.pem'],
    ['acme', 'ssh_key', 'id.ppk'],
    ['web', 'privKeyPath', 'etc/auth/splunkweb/privkey.pem'],
    ['props', 'EVAL-pwd', 'coalesce(a, b)'],
    ['collections', 'accelerated_fields.token_accel', '{"token": 1}'],
  ])('is none when it is about secrets, or a switch: %s %s = %s', (conf, key, value) => {
    expect(findSecret(conf, 's', key, value)).toBeNull();
  });
});

describe('a setting that holds the value of an Authorization header', () => {
  it.each([
    ['auth_header', 'Basic hunter2pw'],
    ['authorization', 'Token 0a1b2c3d'],
    ['x_auth', 'ApiKey a1b2c3d4e5'],
    ['proxyAuthorizationHeader', 'Splunk 7f3b1c52-9d1e'],
  ])('is a secret: %s = %s', (key, value) => expect(findSecret('acme', 's', key, value)).toBe('authorization'));

  it.each([
    ['auth_header', 'X-Auth-User'],
    ['auth_header', 'Basic authentication'],
    ['auth_header', 'Basic $credentials$'],
    ['auth', 'basic'],
    ['auth', 'Token <token1>'],
    ['label', 'Token 0a1b2c3d'],
  ])('is none when it names the scheme alone: %s = %s', (key, value) =>
    expect(findSecret('acme', 's', key, value)).toBeNull(),
  );

  it('is still looked through for all else', () => {
    expect(findSecret('acme', 's', 'auth', 'Password=hunter2;Server=h')).toBe('connection-string');
  });
});

describe('a value that assigns', () => {
  it.each([
    "{'password': 'hunter2pw'}",
    '"password": "hunter2pw"',
    'password: hunter2pw',
    'user: ann, dbPassword: hunter2pw',
    'password => "hunter2pw"',
    ':password => :hunter2',
    'password="hunter2"',
    '<server host="h" password="hunter2">',
    'secret = "hunter2"',
    'export API_TOKEN="hunter2"',
    'ACME_TOKEN=hunter2 run',
    "token => '7f3b1c529d1e'",
    'log in with sslPassword = hunter2, please',
  ])('a secret is one: %s', (value) => {
    expect(findSecret('acme', 's', 'options', value)).toBe('assigned');
    for (const text of ['description', 'EVAL-x', 'usage']) expect(findSecret('acme', 's', text, value)).toBeNull();
  });

  it.each([
    'password: $password1$',
    'password: <password1>',
    'password: string',
    'password: the password of the user',
    'password: %PASS1%',
    'password: ********',
    'password=* secret=$secret1$',
    'password::abc123',
    'password: 123456',
    'token: {{token1}}',
    'token: {{ token1 }}',
    'token: field1, secret: "sha256"',
    '<input type="text" token="form1">',
    'API_TOKEN=$API_TOKEN1 API_KEY=${KEY1}',
    'PWD=/opt/splunk9/etc',
    'token: https://example.com/oauth2',
    'timetoken="last24h" bypass=abc123def event.token="abc123def456"',
    '(?i)password[:=]\\s*(?<pw1>\\S+)',
    'password: "hunter2',
    'Token: "#d8dee9"',
  ])('something else is none: %s', (value) => expect(findSecret('acme', 's', 'options', value)).toBeNull());

  it('of a hostile shape stays a matter of its length', () => {
    for (const shape of [
      'password: ',
      'password=>',
      '"password": "',
      'Password:a',
      'token=a1_',
      'PASS',
      "pwd='",
      'x-token:',
    ])
      expect(findSecret('acme', 's', 'options', shape.repeat(50_000))).toBeNull();
  });
});

describe('a value that is a secret by its shape', () => {
  const hash = 'Zl8PqT0uVn3sXbA1cD2eF4gH5iJ6kL7mN8oP9qR0sT1uV2wX3yZ4';
  it.each([
    ['encrypted', '$1$k3Pq9sX2'],
    ['encrypted', '$7$lxaIiojzFhNyAvERJSJKLo9fjEPEI5fMDuLm/+LMJt=='],
    ['hash', `$6$saltsalt$${hash}`],
    ['hash', `$5$rounds=5000$saltsalt$${hash}`],
    ['private-key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----'],
    ['url-password', 'https://ann:hunter2@proxy.example.com:8080'],
    ['aws-key', 'key AKIAIOSFODNN7EXAMPLE'],
    ['hash', 'ann:$apr1$Zx8Kq2Lm$0aB1cD2eF3gH4iJ5kL6mN.'],
    ['encrypted', '{"a": "$7$lxaIiojzFhNyAvERJSJKLo9fjEPEI5fM=="}'],
    ['url-password', 'ann:hunter2@proxy.example.com:8080'],
    ['connection-string', 'Server=h;Uid=sa;Pwd=hunter2;'],
    ['authorization', 'Authorization: Basic YW5uOmh1bnRlcjI='],
    ['webhook', 'https://hooks.slack.com/services/T00000001/B00000002/xYz12345'],
    ['url-token', 'https://example.com/x?token=abc123def456'],
    ['bearer-token', 'Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.e30.abc'],
    ['authorization', 'Basic YW5uOmh1bnRlcjI='],
    ['connection-string', 'Endpoint=sb://a.example.com/;SharedAccessKey=aB3dE5gH7aB3dE5gH7aB3dE5gH7='],
    ['service-token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.aB3dE5gH7aB3dE5gH7'],
  ])('is one whatever its setting: %s', (kind, value) => {
    expect(findSecret('acme', 's', 'anything', value)).toBe(kind);
  });

  it.each([
    ['FORMAT', '$1$3'],
    ['FORMAT', '$1$::$2$33333333'],
    ['FORMAT', '$6$7'],
    ['FORMAT', '$1$abcdefg'],
    ['homePath', '$SPLUNK_DB/main/db'],
    ['url', 'https://proxy.example.com:8080/users/a@b'],
    ['REGEX', '://(?<user>[^:]+):(?<password>[^@]+)@'],
    ['url', 'https://<user>:<password>@host'],
    ['url', 'https://$user$:$password$@host'],
    ['url', 'https://user:********@host'],
    ['description', 'Bearer authentication is used'],
    ['description', 'Basic authentication2 is used'],
    ['REGEX', 'AKIA[0-9A-Z]{16}'],
    ['comment', 'AKIA is how keys begin'],
    ['id', GUID],
    ['label', '-----BEGIN'],
    ['BREAK_ONLY_BEFORE', '-----BEGIN CERTIFICATE-----'],
    ['description', 'mails go from ann:team@example.com'],
    ['http_proxy', 'proxy.example.com:3128'],
    ['http_proxy', '<user>:<password>@proxy:3128'],
    ['http_proxy', '$user$:$password$@proxy:3128'],
    ['REGEX', '([^:]+):([^@]+)@host:80'],
  ])('is none when it only looks like it: %s = %s', (key, value) => {
    expect(findSecret('transforms', 's', key, value)).toBeNull();
  });

  it('is one when it is a proxy with a password, even without a port', () => {
    expect(findSecret('server', 'proxyConfig', 'http_proxy', 'ann:hunter2@proxy')).toBe('url-password');
    expect(findSecret('server', 'proxyConfig', 'https_proxy', 'ann:hun@ter2@proxy:3128/')).toBe('url-password');
    expect(findSecret('acme', 's', 'address', 'ann:hunter2@mail')).toBeNull();
  });

  it.each([
    ['props', 'EVAL-x', 'case(\n  token = field1, 2)'],
    ['searchbnf', 'description', 'The command takes \ntoken = the token of the service'],
    ['searchbnf', 'syntax', 'acme \ntoken = <string>'],
    ['searchbnf', 'example1', 'acme \ntoken = abc'],
    ['searchbnf', 'comment2', 'acme \npassword = abc'],
    ['searchbnf', 'usage', 'acme \npassword = abc'],
    ['acme', 'options', 'a \ntoken = <string>'],
  ])('is none when it speaks to people or is an expression: %s %s', (conf, key, value) => {
    expect(findSecret(conf, 's', key, value)).toBeNull();
  });

  it('is one when the line above swallowed a setting that is', () => {
    expect(findSecret('web', 'settings', 'httpport', '8000 \nsslPassword = hunter2')).toBe('swallowed');
    expect(findSecret('web', 'settings', 'httpport', '8000 \n  # privKeyPassword=hunter2\nx')).toBe('swallowed');
    expect(findSecret('web', 'settings', 'httpport', '8000 \nshow_password = true\nlabel = hunter2')).toBeNull();
    expect(findSecret('savedsearches', 's', 'search', 'a \ntoken = mvindex(x, 1)')).toBeNull();
  });

  it('is the GUID of an HTTP event collector in a setting about tokens alone', () => {
    expect(findSecret('acme', 's', 'hec_token_name', GUID)).toBe('hec-token');
    expect(findSecret('acme', 's', 'guid', GUID)).toBeNull();
  });
});

describe('what is handed to a command or a service', () => {
  it.each([
    ['args', '-u ann -p hunter2'],
    ['action.script.arguments', '-password hunter2x'],
    ['command.arg.1', 'password=hunter2x'],
    ['url_args', 'access_token=abcdef0123456789,limit=1'],
    ['custom_header', '{"x-api-key": "abcdef0123456789"}'],
    ['http_header_propertys', 'X-API-Key=abc123def456'],
  ])('is a secret when one of the arguments is: %s = %s', (key, value) => {
    expect(findSecret('inputs', 'acme://a', key, value)).toBe('command-line');
    expect(findSecret('inputs', 'acme://a', 'label', value)).not.toBe('command-line');
  });

  it.each([
    ['args', '-p 8089 -p /opt/acme -p ./x --verbose'],
    ['command', 'mkdir -p ~/acme'],
    ['arguments', 'token=field1 password=$password$'],
    ['EVAL-args', 'if(x, "-p hunter2", 1)'],
  ])('is none when no argument is one: %s = %s', (key, value) => {
    expect(findSecret('inputs', 'acme://a', key, value)).toBeNull();
  });
});

describe('a search', () => {
  it.each([
    '| login password="hunter2" user=ann',
    '| curl token=abc123def456 | table x',
    'x api_key = "Z26V8Oyr"',
    '| login password=hunter2',
    '| login pwd=Passw0rd! user=ann',
    `| dbxquery query="alter user x identified by password='hunter2'"`,
    '| dbxquery query="exec p password=\\"hunter2\\""',
    '| send body="{\\"api_key\\": \\"Z26V8Oyr\\"}"',
    '| eval token="abc123" | send',
    '| where a=1 | login secret=k9-x2-77aa',
    '| curl user=ann pass=Hunter22 uri=https://example.com',
    '| sendalert acme param.api_key=abcDEF123456',
    '| eval header="{\\"X-Api-Key\\":\\"a1b2c3d4e5f6\\"}"',
  ])('holds a secret that somebody typed: %s', (search) => {
    expect(findSecret('savedsearches', 's', 'search', search)).toBe('in-search');
    expect(findSecret('macros', 's', 'definition', search)).toBe('in-search');
    expect(findSecret('savedsearches', 's', 'description', search)).toBeNull();
  });

  it.each([
    'index=a "password" | stats count by password',
    'index=a | lookup x token=field1 | stats count by secret=src_ip4',
    '| eval token=abc123def456 | where secret=k9x2m77aa',
    "| eval token='field 1x' | where password='other1field'",
    '| inputlookup x where [search a | fields token=x509_hash]',
    'password=src_pw1 secret=sha256',
    'index=a password=* password!=""',
    '| eval token="$token1$"',
    '| eval password=if(len(x)>8,"good1","bad")',
    '| eval password=mvindex(a1,1)',
    '| rex "password=(?<pw1>\\S+)"',
    '| search action="password reset" status=404',
    '| eval secret="unknown"',
    '| eval timetoken="last24h" | table timetoken',
    'event.token="abc123def456" bypass=abc123def',
    '| where token_type="bearer 12"',
    '| `password=macro1(x)`',
  ])('that only mentions one holds none: %s', (search) => {
    expect(findSecret('savedsearches', 's', 'search', search)).toBeNull();
  });

  it('of a hostile shape stays a matter of its length', () => {
    for (const shape of [
      'password=',
      'password="',
      'Bearer ',
      '://a:',
      '-----BEGIN a',
      '-----END A',
      'Bearer a.',
      'token=a1 ',
      'token=a_',
      "pwd='",
      'a:b@',
      '|',
      '[',
    ])
      expect(findSecret('savedsearches', 's', 'search', shape.repeat(50_000))).toBeNull();
  });
});

describe('what a name says', () => {
  it('stays right when more names were seen than are remembered', () => {
    for (let i = 0; i < 25_000; i++) expect(keyTraits(`password_${i}x`).soundsSecret).toBe(true);
    expect(findSecret('server', 'general', 'pass4SymmKey', 'x')).toBe('listed');
    expect(findSecret('props', 's', 'TRUNCATE', '9999')).toBeNull();
    expect(findSecret('props', 's', `${'x'.repeat(1000)}_password`, 'hunter2')).toBe('named');
  });
});
