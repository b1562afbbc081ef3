/** How much a finding matters: Splunk reads something else than was meant; it may; it does not. */
export type Severity = 'error' | 'warning' | 'info';

/** The stable codes of what can be noticed in a file or among files, with severity, sentence and remedy. */
export const DIAGNOSTICS = {
  'header-unclosed': [
    'error',
    'The stanza header has no "]", so Splunk ignores the line and its settings fall into the stanza above.',
    'Close the header with "]".',
  ],
  'continuation-trailing-blank': [
    'error',
    'Blanks follow the backslash at the end of the line, so the value ends here.',
    'Remove the blanks after the backslash.',
  ],
  'header-looks-like-search': [
    'error',
    'The stanza is named like a subsearch; the line above probably lost its backslash, and these settings their stanza.',
    'End the line above with a backslash.',
  ],
  'launch-header': [
    'error',
    'There are no stanzas in splunk-launch.conf; Splunk reads nothing from this header.',
    'Remove the header and write NAME=value alone.',
  ],
  'junk-line': [
    'error',
    'The line is neither a header, a setting nor a comment; Splunk ignores it.',
    'Write "key = value" or start the line with "#"; if it continues the line above, that line lacks its backslash.',
  ],
  'eq-on-later-line': [
    'error',
    'The first "=" of this setting stands on a continued line; Splunk ignores all of it.',
    'Put "key =" on the first line.',
  ],
  'empty-key': [
    'error',
    'There is nothing before the "="; Splunk ignores the line.',
    'Write the name of the setting before the "=".',
  ],
  'key-looks-like-search': [
    'error',
    'The setting is named like a part of a search; the line above probably lost its backslash.',
    'End the line above with a backslash.',
  ],
  utf16: ['error', 'The file is UTF-16; Splunk cannot read it.', 'Save the file as UTF-8.'],
  'bom-in-file': [
    'error',
    'A byte order mark stands inside the file, where it is part of the text.',
    'Remove the invisible character U+FEFF.',
  ],
  'cr-only': [
    'error',
    'The lines end in carriage returns alone, so Splunk reads the file as one line.',
    'Save the file with LF or CRLF line ends.',
  ],
  'meta-too-deep': [
    'error',
    'The stanza has more than three levels; permissions end at category/object/setting.',
    'Write a "/" that belongs to a name as %2F.',
  ],
  'meta-access-syntax': [
    'error',
    'The access list cannot be read.',
    'Write it as "access = read : [ role, ... ], write : [ role, ... ]", with * for all roles.',
  ],
  'meta-export-value': [
    'error',
    'The value of export is neither "system" nor "none", so nothing is exported.',
    'Write "export = system" or "export = none".',
  ],
  'nul-byte': ['warning', 'The file holds a NUL byte.', 'Remove the NUL byte.'],
  'invalid-utf8': [
    'warning',
    'The line holds bytes that are not UTF-8; they are shown as Windows-1252.',
    'Save the file as UTF-8.',
  ],
  'duplicate-stanza': [
    'warning',
    'The stanza occurs before in this file; Splunk merges both.',
    'Move the settings to the first occurrence.',
  ],
  'duplicate-key': [
    'warning',
    'The setting occurs before in this stanza with another value; the last one wins.',
    'Remove the value that is not meant.',
  ],
  'text-after-header': [
    'warning',
    'Text after the "]" of the header is ignored.',
    'Put the comment on a line of its own.',
  ],
  'text-in-header': [
    'warning',
    'Text behind the first "]" is part of the stanza name, which reaches to the last "]" of the line.',
    'Put that text on a line of its own.',
  ],
  'header-inner-space': [
    'warning',
    'Blanks inside the brackets are part of the stanza name.',
    'Remove the blanks next to the brackets.',
  ],
  'header-empty': ['warning', 'The stanza has an empty name.', 'Name the stanza, or remove the header.'],
  'default-case': [
    'warning',
    'Only [default], in lower case, is the default stanza; this is an ordinary one.',
    'Write [default].',
  ],
  'inline-comment': [
    'warning',
    'A "#" after a value does not start a comment; it is part of the value.',
    'Put the comment on a line of its own.',
  ],
  'comment-continuation': [
    'warning',
    'A comment ends with its line; the backslash does not continue it.',
    'Start the next line with "#" too, or remove the backslash.',
  ],
  'continuation-at-eof': [
    'warning',
    'The last line ends in a backslash, so the value ends in a line break.',
    'Remove the backslash.',
  ],
  'case-only-twin': [
    'warning',
    'The name differs from an earlier one in upper and lower case alone; to Splunk these are two.',
    'Write the name in the same case everywhere.',
  ],
  'nbsp-or-zero-width': [
    'warning',
    'The line holds a no-break space or a zero-width character, which Splunk takes for a letter.',
    'Replace it by an ordinary blank, or remove it.',
  ],
  'quoted-key': ['warning', 'The quotes around the name of the setting are part of the name.', 'Remove the quotes.'],
  'smart-quotes': [
    'warning',
    'The search holds typographic quotes, which a search takes for letters.',
    'Replace them by plain quotes.',
  ],
  'secret-in-clear': [
    'warning',
    'The setting is a secret and stands here in clear text.',
    'Replace the secret, and keep the new one encrypted or outside of configuration that is passed on.',
  ],
  'tag-stanza-form': [
    'warning',
    'A stanza of tags.conf is named after a field and its value; this one is not, so it tags nothing.',
    'Name the stanza [field=value].',
  ],
  'tag-not-encoded': [
    'warning',
    'The value in the name of this stanza of tags.conf is not URI encoded.',
    'Write special characters in it as %xx, a blank as %20.',
  ],
  'unknown-key-class': [
    'warning',
    'The class of this setting is misspelt; Splunk does not know it.',
    'Correct the part before the first "-".',
  ],
  'ignored-location': [
    'warning',
    'Splunk does not read a configuration file that lies here.',
    'Move it to the default or local folder of an app, or metadata to its metadata folder; or remove it.',
  ],
  'disabled-app-has-local': [
    'warning',
    'The app is disabled, so nothing in its local folder counts.',
    'Enable the app, or move what is still needed to another one.',
  ],
  'both-slave-and-peer-apps': [
    'warning',
    'There are both a slave-apps and a peer-apps folder; a peer reads only the one that its version knows.',
    'Remove the folder of the older version.',
  ],
  'default-in-app': [
    'warning',
    'An app sets something in [default], which changes every stanza of this conf in all apps.',
    'Set it in the stanzas that are meant.',
  ],
  'conflicting-apps': [
    'warning',
    'Another app gives this setting another value and wins at index time.',
    'Set it in one app alone.',
  ],
  'system-local-shadowed': [
    'warning',
    'At search time an app gives this setting another value, and apps win over system/local there.',
    'Set it in the app.',
  ],
  'local-equals-default': [
    'info',
    'The setting has the same value in the default folder of its app.',
    'Remove it from local, unless it is to stay when the app is upgraded.',
  ],
  'too-many-diagnostics': ['warning', 'More findings are left out.', 'Mend the listed ones and look again.'],
} as const satisfies Record<string, readonly [Severity, string, string]>;

export type DiagnosticCode = keyof typeof DIAGNOSTICS;

/** What it takes more than one file to see, or to know where a file lies; all else is found in a file alone. */
export const TREE_CODES = [
  ...(['ignored-location', 'disabled-app-has-local', 'both-slave-and-peer-apps', 'default-in-app'] as const),
  ...(['conflicting-apps', 'system-local-shadowed', 'local-equals-default'] as const),
] as const satisfies readonly DiagnosticCode[];
export type TreeCode = (typeof TREE_CODES)[number];

/** What is found in a file alone. */
export const FILE_CODES = Object.keys(DIAGNOSTICS).filter((code) => !TREE_CODES.some((one) => one === code)) as Exclude<
  DiagnosticCode,
  TreeCode
>[];

/** One finding in a file. Its texts never contain a setting's value. */
export interface Diagnostic {
  code: DiagnosticCode;
  severity: Severity;
  /** Physical line, from 1. */
  line: number;
  /** Column in UTF-16 code units, from 1. */
  column: number;
  /** What is wrong, in a sentence. */
  message: string;
  /** What to do about it, in one line. */
  remedy: string;
}

/** Most findings kept of one file; one more says that there were others. */
export const MAX_DIAGNOSTICS = 1000;

/** Builds a finding from its code; `remedy` where the place allows a better one than the catalogue has. */
export function diagnostic(code: DiagnosticCode, line: number, column: number, remedy?: string): Diagnostic {
  const [severity, message, usual] = DIAGNOSTICS[code];
  return { code, severity, line, column, message, remedy: remedy ?? usual };
}
