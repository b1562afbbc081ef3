/** One environment variable: what it means, what it is when unset, and how its text is read. */
export interface Setting<Value> {
  /** A sentence for the person who sets it. */
  readonly about: string;
  /** Used when the variable is unset or empty; a setting without one is required. */
  readonly fallback?: string;
  /** Reads the text, or throws a {@link BadSetting} that says what it must be. */
  readonly read: (text: string) => Value;
  /** Its value is never shown. */
  readonly secret?: boolean;
  /** It may be left out, and is undefined then. */
  readonly optional?: boolean;
}

/** A text that is not what its setting must be; the message completes the sentence "it must be …". */
export class BadSetting extends Error {
  override readonly name = 'BadSetting';
}

/** A setting that may be left out: undefined then. */
export function optional<Value>(setting: Setting<Value>): Setting<Value | undefined> {
  return { ...setting, optional: true };
}

/** A whole number in a range. */
export function wholeNumber(about: string, range: { min: number; max: number }, fallback: number): Setting<number> {
  return {
    about,
    fallback: String(fallback),
    read: (text) => {
      const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= range.min && value <= range.max))
        throw new BadSetting(`a whole number from ${range.min} to ${range.max}`);
      return value;
    },
  };
}

/** A share of a whole: from 0 for none to 1 for all. */
export function share(about: string, fallback: number): Setting<number> {
  return {
    about,
    fallback: String(fallback),
    read: (text) => {
      const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= 0 && value <= 1)) throw new BadSetting('a share from 0 to 1, such as 0.1');
      return value;
    },
  };
}

/** A time in seconds, fractions allowed, read into milliseconds. */
export function seconds(about: string, fallbackS: number): Setting<number> {
  return { about, fallback: String(fallbackS), read: millisecondsOf };
}

/** Times in seconds, separated by commas, read into milliseconds. */
export function secondsList(about: string, fallback: string): Setting<number[]> {
  return { about, fallback, read: (text) => text.split(',').map((part) => millisecondsOf(part.trim())) };
}

/** A number of bytes, plain or with KiB, MiB, GiB or TiB behind it. */
export function bytes(about: string, fallback: string): Setting<number> {
  return {
    about,
    fallback,
    read: (text) => {
      const [, count, unit] = /^(\d+)\s*(KiB|MiB|GiB|TiB)?$/i.exec(text) ?? [];
      const power = ['', 'kib', 'mib', 'gib', 'tib'].indexOf(unit?.toLowerCase() ?? '');
      const value = count === undefined ? 0 : Number(count) * 1024 ** power;
      if (!(value >= 1 && Number.isSafeInteger(value)))
        throw new BadSetting('a number of bytes such as 1048576 or 64 MiB, at least 1');
      return value;
    },
  };
}

/** One of a few words. */
export function choice<Word extends string>(about: string, words: readonly Word[], fallback: Word): Setting<Word> {
  return { about, fallback, read: (text) => wordOf(text, words) };
}

/** Some of a few words, separated by commas, each at most once. */
export function choices<Word extends string>(about: string, words: readonly Word[], fallback: string): Setting<Word[]> {
  return {
    about,
    fallback,
    read: (text) => {
      const list = text.split(',').map((part) => wordOf(part.trim(), words));
      if (new Set(list).size !== list.length) throw new BadSetting('a list that names nothing twice');
      return list;
    },
  };
}

/** Pairs `key=word`, separated by commas; keys that are not named keep their word of the fallback. */
export function routes<Key extends string, Word extends string>(
  about: string,
  keys: readonly Key[],
  words: readonly Word[],
  fallback: Record<Key, Word>,
): Setting<Record<Key, Word>> {
  return {
    about,
    fallback: keys.map((key) => `${key}=${fallback[key]}`).join(','),
    read: (text) => {
      const result = { ...fallback };
      for (const pair of text.split(',')) {
        const [key, word, ...rest] = pair.split('=').map((part) => part.trim());
        if (rest.length > 0) throw new BadSetting('pairs such as key=word, separated by commas');
        result[wordOf(key ?? '', keys)] = wordOf(word ?? '', words);
      }
      return result;
    },
  };
}

/** An address of a server, which may hold a password and is never shown. */
export function serverUrl(about: string, protocols: readonly string[]): Setting<string> {
  return {
    about,
    secret: true,
    read: (text) => {
      const url = URL.canParse(text) ? new URL(text) : null;
      if (!url || !protocols.includes(url.protocol.slice(0, -1)))
        throw new BadSetting(
          `an address that starts with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
        );
      return text;
    },
  };
}

/** How a connection to PostgreSQL is protected, by the words of `sslmode`, and what the driver is to be told. */
const SSL_MODES: Readonly<Record<string, string>> = {
  disable: 'disable',
  'no-verify': 'no-verify',
  // The driver knows no check of the chain alone; whoever asks for one gets the stricter check, never the laxer.
  require: 'verify-full',
  'verify-ca': 'verify-full',
  'verify-full': 'verify-full',
};

/** The address of PostgreSQL, with `?sslmode=` for TLS. Modes that may fall back to plain text are refused. */
export function postgresUrl(about: string): Setting<string> {
  const address = serverUrl(about, ['postgres', 'postgresql']);
  return {
    ...address,
    read: (value) => {
      const url = new URL(address.read(value));
      const asked = url.searchParams.get('sslmode');
      if (asked === null) return value;
      const mode = SSL_MODES[asked];
      if (mode === undefined) throw new BadSetting(`an address whose sslmode is ${Object.keys(SSL_MODES).join(', ')}`);
      url.searchParams.set('sslmode', mode);
      return url.href;
    },
  };
}

/** Any text that is not empty. */
export function text(about: string, options: { fallback?: string; secret?: boolean } = {}): Setting<string> {
  return { about, ...options, read: (value) => value };
}

function millisecondsOf(value: string): number {
  if (!/^\d+(\.\d+)?$/.test(value) || Number(value) <= 0)
    throw new BadSetting('a number of seconds above 0, such as 20 or 0.5');
  return Math.round(Number(value) * 1000);
}

function wordOf<Word extends string>(value: string, words: readonly Word[]): Word {
  const word = words.find((known) => known === value);
  if (word === undefined) throw new BadSetting(`one of ${words.join(', ')}`);
  return word;
}
