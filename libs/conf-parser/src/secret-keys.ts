import { maskProse } from './mask-prose.ts';

/** What the name of a setting says about its value. */
export interface KeyTraits {
  /** The name itself holds what is recognisably a secret. */
  readonly holdsSecret: boolean;
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
  /** Its value is handed to a command or a service as arguments, of which one may be a secret. */
  readonly isArguments: boolean;
  /** Its value is an expression or a text for people: what looks like a setting in it is none. */
  readonly isText: boolean;
  /** Its value is that of an `Authorization` header, as in `Basic …`. */
  readonly isAuthorization: boolean;
  /** It names a proxy. */
  readonly isProxy: boolean;
  /** Its value may as well say where the key lies. */
  readonly mayBeFile: boolean;
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
  /password|passwd|passphrase|passcode|pass4symmkey|secret|token|apikey|accesskey|privatekey|sharedkey|credential|authkey|sessionkey|bearer|communitystring|snmpcommunity/;
/** The same at the end of the name: elsewhere these are parts of other words. A key may be given as a file. */
const SECRET_END =
  /(?:pwd|(?:auth|db|user|proxy|smtp|mail|ldap|bind|admin|root|ftp|ssh|sql|key|store|trust)(?:pass|pw))$/;
const KEY_END =
  /(?:encryption|encrypt|decryption|ssh|client|signing|hmac|master|cipher|subscription|account|storage|license|private|priv)key$/;
/** A last word that means a password, unless it is that of `by_pass` or `two_pass`. */
const SHORT_WORD = /^(?:pass|pwd|pw|psk)$/;
const OTHER_PASS = /^(?:by|one|two|first|second|single|multi|each|all|low|high|band)$/;
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
/** What people read, by the names that Splunk's own files and those of add-ons have for it. */
const TEXT = /^(?:description|shortdesc|syntax|usage|note|help|(?:example|comment)\d*)$/;
const SEARCH = /^(?:search|definition|basesearch|.*\.search)$/;
/** A last word of the name that means arguments, but for a number behind it, as in `command.arg.1`. */
const ARGUMENTS = /^(?:args?|arguments?|cmd|command|cmdline|params?|parameters?|headers?|propert(?:ies|ys?))$/;
/** The header, or whatever holds its value. */
const AUTHORIZATION = /(?:authorization|auth)(?:header)?(?:value)?$/;

const NO_PLACES: readonly SecretPlace[] = [];
const PLAIN: KeyTraits = {
  holdsSecret: false,
  listed: NO_PLACES,
  soundsSecret: false,
  evenANumber: false,
  holdsTokens: false,
  isSearch: false,
  isArguments: false,
  isText: false,
  isAuthorization: false,
  isProxy: false,
  mayBeFile: false,
};

/** The names of settings repeat from file to file; a hostile upload that makes up its own starts the cache anew. */
const MAX_CACHED_KEYS = 65_536;
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
  const isMadeUp = MADE_UP.test(lower);
  const words = wordsOf(key);
  const mayBeFile = KEY_END.test(bare);
  const secretWord =
    !isMadeUp && (mayBeFile || SECRET_WORD.test(bare) || SECRET_END.test(bare) || isShortForPassword(words));
  const soundsSecret = secretWord && !ABOUT_SECRETS.test(bare) && !isAboutSecrets(words, bare);
  const traits: KeyTraits = {
    holdsSecret: maskProse(key) !== key,
    listed,
    soundsSecret,
    evenANumber: soundsSecret && EVEN_A_NUMBER.test(bare),
    holdsTokens: (secretWord && bare.includes('token')) || words.includes('hec'),
    isSearch,
    isArguments: !isMadeUp && ARGUMENTS.test(words.findLast((word) => !/^\d*$/.test(word)) ?? ''),
    isText: isMadeUp || TEXT.test(lower),
    isAuthorization: AUTHORIZATION.test(bare),
    isProxy: bare.includes('proxy'),
    mayBeFile,
  };
  const isPlain = Object.entries(traits).every(([trait, value]) => value === PLAIN[trait as keyof KeyTraits]);
  return isPlain ? PLAIN : traits;
}

/** The words of a name, parted by signs or capitals: `password_account` is no count and `token_profile` no file. */
function wordsOf(key: string): string[] {
  return key
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
}

function isShortForPassword(words: readonly string[]): boolean {
  return SHORT_WORD.test(words.at(-1) ?? '') && !OTHER_PASS.test(words.at(-2) ?? '');
}

function isAboutSecrets(words: readonly string[], bare: string): boolean {
  const last = words.at(-1) ?? '';
  return ABOUT_WORD.test(last) || ABOUT_WORD.test((words.at(-2) ?? '') + last) || ABOUT_BEHIND.test(bare);
}
