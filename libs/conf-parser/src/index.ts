export { decodeText, type DecodedText } from './decode-text.ts';
export { type Diagnostic, type DiagnosticCode, DIAGNOSTICS, type Severity } from './diagnostic.ts';
export { parseConf, parseConfBytes, PARSER_VERSION, type ParseOptions } from './parse-conf.ts';
export type { Overwritten, ParsedConf, Setting, Stanza } from './parsed-conf.ts';
export { classifyPath, type FileKind, type IgnoredReason, type Origin, type Scope } from './classify-path.ts';
export { findSecret, type SecretKind } from './find-secret.ts';
export { MASK, maskText, type SecretPattern } from './mask-text.ts';
export { isSecretFile } from './secret-file.ts';
