export { decodeText } from './decode-text.ts';
export { type Diagnostic, type DiagnosticCode, DIAGNOSTICS, FILE_CODES, type Severity } from './diagnostic.ts';
export { parseConf, parseConfBytes, PARSER_VERSION, type ParseOptions } from './parse-conf.ts';
export type { Overwritten, ParsedConf, Setting, Stanza } from './parsed-conf.ts';
export { mayCount, type NamedFile, nameOfFile } from './upload/file-name.ts';
export {
  type FileKind,
  IGNORED_REASONS,
  type IgnoredReason,
  type LayerName,
  type Origin,
  type Scope,
  SCOPES,
  type Target,
  targetOf,
  TARGETS,
} from './upload/origin.ts';
export { ShapeGuess } from './upload/shape-guess.ts';
export {
  InstanceTargets,
  mattersToShape,
  type ShapeHints,
  type UploadInstance,
  UploadShape,
} from './upload/upload-shape.ts';
export { type AccessList, accessListOf } from './layers/access-list.ts';
export { answerSize } from './layers/answer-size.ts';
export { AppMetadata, type MetaObject, type MetaValue } from './layers/app-metadata.ts';
export { APP_RULE_STANZAS, APP_STATE_STANZAS, type AppState, appStateOf } from './layers/app-state.ts';
export { type InheritedBy, type Reach, reachOf, stanzasBehind } from './layers/conf-rules.ts';
export {
  type BeatenBy,
  type BeatenValue,
  type EffectiveConf,
  effectiveConf,
  type EffectiveOptions,
  type EffectiveSetting,
  type EffectiveStanza,
  type Size,
} from './layers/effective-conf.ts';
export {
  decideEvent,
  DECIDING_KEYS,
  type EventDecision,
  EventMatcher,
  propsOfEvent,
  type RankedMatch,
  type SaidSourcetype,
  type SplunkEvent,
  type StanzaMatch,
  type UnreadStanza,
} from './layers/event-props.ts';
export type { EtcFile, LayerSetting, LayerStanza, SchemeFile } from './layers/etc-file.ts';
export { EtcTree, type EtcTreeParts, type PlacedFile } from './layers/etc-tree.ts';
export { schemesOf } from './layers/input-schemes.ts';
export { type Block, type Context, type Layer } from './layers/layer-stack.ts';
export type { Claim } from './layers/merge-layers.ts';
export { percentDecode, percentEncode } from './layers/meta-path.ts';
export { type Sighting, sightingsOf, type UnseenReason } from './layers/sightings.ts';
export { EVENT_FIELDS, type EventField, type MatchKind } from './layers/props-pattern.ts';
export { type Place, type PushMode } from './layers/place-on-target.ts';
export { printBtool, type PrintOptions } from './layers/print-btool.ts';
export { printEvent } from './layers/print-event.ts';
export { DEFAULT_HOME } from './layers/splunk-home.ts';
export { findSecret, type SecretKind } from './find-secret.ts';
export { maskName } from './mask-name.ts';
export { hasLooseLines, mayHoldSecret } from './loose-secret.ts';
export { MASK } from './mask.ts';
export { maskText } from './secret-patterns.ts';
export type { SecretPattern } from './secret-shapes.ts';
export { isSecretFile } from './secret-file.ts';
export { linesOf } from './lines-of.ts';
export { diagnosticsPage } from './diagnostics-page.ts';
export { type FoundSecret, maskConf, type MaskedConf } from './mask-conf.ts';
export { maskKey } from './key-material.ts';
export { type KeyTraits, keyTraits } from './secret-keys.ts';
export { clearSecrets } from './clear-secrets.ts';
export { printConf } from './print-conf.ts';
export { findInTree, type TreeFinding } from './tree-findings.ts';
