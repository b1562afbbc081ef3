/** What the name of a setting says about its value. */
export interface KeyTraits {
  /** Where Splunk says that this setting is a secret. */
  readonly listed: readonly SecretPlace[];
  /** The name sounds like a secret, in whatever file. */
  readonly soundsSecret: boolean;
  /** A GUID in it is the token of an HTTP event collector. */
  readonly holdsTokens: boolean;
  /** Its value is a search, in which somebody may have typed a secret. */
  readonly isSearch: boolean;
}

/** A conf, and the beginning of the names of its stanzas: `''` for all of them. */
export interface SecretPlace {
  readonly conf: string;
  readonly stanzaPrefix: string;
}

const QUEUES = ['sqs_smartbus', 'asq', 'sqs', 'kinesis'].flatMap((queue) => [
  `remote_queue.${queue}.access_key`,
  `remote_queue.${queue}.secret_key`,
]);
const REMOTE_STORAGE = [
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

/**
 * Conf, beginning of the stanza and settings: `[shclustering] encrypt_fields` of Splunk's own server.conf, and what the
 * `.spec` files call a secret beyond it.
 */
const LISTED: readonly (readonly [conf: string, stanzaPrefix: string, keys: readonly string[]])[] = [
  ['server', '', ['sslKeysfilePassword', 'sslPassword', 'pass4SymmKey', 'password', 'embedSecret']],
  ['server', 'kvstore', ['sslKeysPassword']],
  ['server', 'scs', ['kvservice.principal.client.secret']],
  ['server', 'search_artifact_remote_storage', REMOTE_STORAGE],
  ['outputs', 'tcpout', ['sslPassword', 'socksPassword', 'token']],
  ['outputs', 'indexer_discovery', ['pass4SymmKey']],
  ['outputs', 'httpout', ['httpEventCollectorToken']],
  ['outputs', '', [...REMOTE_STORAGE, ...QUEUES]],
  ['inputs', 'SSL', ['password', 'sslPassword']],
  ['inputs', 'http', ['sslPassword', 'sslKeysfilePassword', 'token']],
  ['inputs', 'splunktcptoken', ['token']],
  ['inputs', '', QUEUES],
  ['indexes', '', REMOTE_STORAGE],
  ['alert_actions', 'email', ['auth_password']],
  ['app', 'credential', ['password', 'sslPassword']],
  ['passwords', 'credential', ['password', 'sslPassword']],
  [
    'authentication',
    '',
    [
      'bindDNpassword',
      'sslKeysfilePassword',
      'attributeQuerySoapPassword',
      'scriptSecureArguments',
      'sslPassword',
      'accessKey',
      'secretKey',
      'appSecretKey',
      'integrationKey',
    ],
  ],
  ['web', 'settings', ['privKeyPassword', 'sslPassword']],
  ['federated', '', ['password']],
  ['user-seed', '', ['PASSWORD', 'HASHED_PASSWORD']],
  ['distsearch', 'tokenExchKeys', ['privateKey']],
];

const PLACES = new Map<string, SecretPlace[]>();
for (const [conf, stanzaPrefix, keys] of LISTED)
  for (const key of keys.map((name) => name.toLowerCase())) {
    const places = PLACES.get(key);
    if (places) places.push({ conf, stanzaPrefix });
    else PLACES.set(key, [{ conf, stanzaPrefix }]);
  }

/** Matched against the lower-case name without "_", "." and "-". */
const SECRET_WORD =
  /password|passwd|passphrase|pass4symmkey|secret|token|apikey|accesskey|privatekey|sharedkey|credential|authkey|sessionkey|bearer/;
/** Settings about secrets: how long, how old, where, and of what kind. */
const ABOUT_SECRETS =
  /^minpassword|^passwordhistory|^expirepassword|^enablepasswordhistory|^forceweakpasswordchange|tokeniz|^max.*tokens$|(?:length|timeout|timeoutsecs?|expiry|expiration|expires(?:in|at|on)?|lifetime|ttl|days|count|interval|enabled|required|algorithm|hint|type|ur[il]|endpoint|path|file|filename|dir|label|description|placeholder|field|name|context|policy)$/;
/**
 * Names that hold a name people made up: classes of props.conf, fields of a collection, replacements of eventgen, conf
 * files that trigger a reload or are replicated.
 */
const MADE_UP =
  /^(?:eval|extract|fieldalias|lookup|report|transforms|sedcmd|segmentation|ruleset|metric-schema)-|^field\.|^token\.\d+\.|^reload\.|^conf_replication_include\./;
const SEARCH = /^(?:search|definition|basesearch|.*\.search)$/;

const NO_PLACES: readonly SecretPlace[] = [];
const PLAIN: KeyTraits = { listed: NO_PLACES, soundsSecret: false, holdsTokens: false, isSearch: false };

/** The names of settings repeat from file to file; a hostile upload that makes up its own starts the cache anew. */
const MAX_CACHED_KEYS = 10_000;
const MAX_CACHED_KEY_LENGTH = 200;
const cache = new Map<string, KeyTraits>();

/** What a name says, in any case of letters. */
export function keyTraits(key: string): KeyTraits {
  const known = cache.get(key);
  if (known) return known;
  const traits = readTraits(key.toLowerCase());
  if (key.length > MAX_CACHED_KEY_LENGTH) return traits;
  if (cache.size >= MAX_CACHED_KEYS) cache.clear();
  // A name read from a file is a window into its text: a copy lets go of the file.
  cache.set(` ${key}`.slice(1), traits);
  return traits;
}

function readTraits(lower: string): KeyTraits {
  const listed = PLACES.get(lower) ?? NO_PLACES;
  const isSearch = SEARCH.test(lower);
  const bare = lower.replace(/[_.-]/g, '');
  const secretWord = SECRET_WORD.test(bare) && !MADE_UP.test(lower);
  const soundsSecret = secretWord && !ABOUT_SECRETS.test(bare);
  const holdsTokens = secretWord && bare.includes('token');
  if (listed === NO_PLACES && !isSearch && !soundsSecret && !holdsTokens) return PLAIN;
  return { listed, soundsSecret, holdsTokens, isSearch };
}
