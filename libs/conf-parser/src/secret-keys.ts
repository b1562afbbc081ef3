/** What the name of a setting says about its value. */
export interface KeyTraits {
  /** Where Splunk says that this setting is a secret. */
  readonly listed: readonly SecretPlace[];
  /** The name sounds like a secret, in whatever file. */
  readonly soundsSecret: boolean;
  /** It sounds so much like one that a short number is one too. */
  readonly evenANumber: boolean;
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
/** Settings about secrets, by how their names begin or what is in them. */
const ABOUT_SECRETS =
  /^minpassword|^passwordhistory|^expirepassword|^enablepasswordhistory|^forceweakpasswordchange|passwordless|tokeniz|^max.*tokens$/;
/** The last word of a name that says something about a secret: how long, how old, where, and of what kind. */
const ABOUT =
  'length|minlen|maxlen|len|size|limit|max|min|timeout|timeoutsecs?|expiry|expiration|expires(?:in|at|on)?|lifetime|ttl|days|count|interval|refresh|window|enabled|required|algorithm|hint|type|mode|format|level|color|ur[il]|endpoint|path|file|filename|dir|label|description|placeholder|field|name|context|policy|stanza';
const ABOUT_WORD = new RegExp(`^(?:${ABOUT})$`);
/** The same where nothing parts the words, as in `passwordfile`. */
const ABOUT_BEHIND = new RegExp(`(?:${SECRET_WORD.source})s?(?:${ABOUT})$`);
/** What is a secret even when it is a short number. */
const EVEN_A_NUMBER = /(?:password|passwd|passphrase|pass4symmkey|secret|secretkey|pin)$/;
/**
 * Names that hold a name people made up: classes of props.conf, fields of a collection, replacements of eventgen, conf
 * files that trigger a reload or are replicated, parts of a collection that are looked up fast, signs of health.
 */
const MADE_UP =
  /^(?:eval|extract|fieldalias|lookup|report|transforms|sedcmd|segmentation|ruleset|metric-schema)-|^field\.|^token\.\d+\.|^reload\.|^conf_replication_(?:include|summary)\.|^accelerated_fields\.|^indicator:/;
const SEARCH = /^(?:search|definition|basesearch|.*\.search)$/;

const NO_PLACES: readonly SecretPlace[] = [];
const PLAIN: KeyTraits = {
  listed: NO_PLACES,
  soundsSecret: false,
  evenANumber: false,
  holdsTokens: false,
  isSearch: false,
};

/** The names of settings repeat from file to file; a hostile upload that makes up its own starts the cache anew. */
const MAX_CACHED_KEYS = 10_000;
const MAX_CACHED_KEY_LENGTH = 200;
const cache = new Map<string, KeyTraits>();

/** What a name says, in any case of letters. */
export function keyTraits(key: string): KeyTraits {
  const known = cache.get(key);
  if (known) return known;
  const traits = readTraits(key);
  if (key.length > MAX_CACHED_KEY_LENGTH) return traits;
  if (cache.size >= MAX_CACHED_KEYS) cache.clear();
  // A name read from a file is a window into its text: a copy lets go of the file.
  cache.set(` ${key}`.slice(1), traits);
  return traits;
}

function readTraits(key: string): KeyTraits {
  const lower = key.toLowerCase();
  const listed = PLACES.get(lower) ?? NO_PLACES;
  const isSearch = SEARCH.test(lower);
  const bare = lower.replace(/[_.-]/g, '');
  const secretWord = SECRET_WORD.test(bare) && !MADE_UP.test(lower);
  const soundsSecret = secretWord && !ABOUT_SECRETS.test(bare) && !isAboutSecrets(key, bare);
  const holdsTokens = secretWord && bare.includes('token');
  if (listed === NO_PLACES && !isSearch && !soundsSecret && !holdsTokens) return PLAIN;
  return { listed, soundsSecret, evenANumber: EVEN_A_NUMBER.test(bare), holdsTokens, isSearch };
}

/** Looks at whole words, parted by signs or capitals: `password_account` is no count and `token_profile` no file. */
function isAboutSecrets(key: string, bare: string): boolean {
  const words = key
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  const last = words.at(-1) ?? '';
  return ABOUT_WORD.test(last) || ABOUT_WORD.test((words.at(-2) ?? '') + last) || ABOUT_BEHIND.test(bare);
}
