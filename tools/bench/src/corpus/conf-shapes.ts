/**
 * What the conf files of published Splunk apps look like, kind by kind, as counted over 1,590 files of 273 apps. Keys are
 * the frequent ones; the figures are means of skewed distributions.
 */
export interface ConfShape {
  name: string;
  /** How many of 1,590 files have this name. */
  weight: number;
  stanzas: number;
  settingsPerStanza: number;
  valueChars: number;
  keys: readonly string[];
}

const shape = (
  name: string,
  weight: number,
  stanzas: number,
  settingsPerStanza: number,
  valueChars: number,
  keys: string,
): ConfShape => ({ name, weight, stanzas, settingsPerStanza, valueChars, keys: keys.split(' ') });

export const CONF_SHAPES: readonly ConfShape[] = [
  shape('app', 274, 4.6, 2.3, 14, 'version is_visible label description author id is_configured build state'),
  shape(
    'props',
    170,
    6.1,
    9.5,
    48,
    'SHOULD_LINEMERGE KV_MODE TRUNCATE TIME_FORMAT TIME_PREFIX LINE_BREAKER category pulldown_type EVAL-* FIELDALIAS-* EXTRACT-* REPORT-* LOOKUP-* TRANSFORMS-*',
  ),
  shape('transforms', 122, 11, 2.2, 42, 'REGEX FORMAT filename SOURCE_KEY DEST_KEY case_sensitive_match fields_list'),
  shape('inputs', 99, 3.3, 4.7, 20, 'interval disabled sourcetype python.version index source start_by_shell counters'),
  shape('restmap', 84, 4.5, 4.6, 24, 'python.version handlertype handlerfile handleractions match members handler'),
  shape('eventtypes', 83, 18.5, 1.1, 95, 'search color priority disabled tags'),
  shape('macros', 79, 5.5, 2.7, 60, 'definition iseval args description'),
  shape('web', 79, 6.8, 2, 28, 'pattern methods'),
  shape('tags', 72, 10.8, 2.2, 8, 'attack ids incident network change account alert communicate malware'),
  shape(
    'savedsearches',
    71,
    10.4,
    11.9,
    42,
    'search dispatch.earliest_time dispatch.latest_time enableSched cron_schedule alert.track description request.ui_dispatch_view action.* display.*',
  ),
  shape('commands', 55, 2.6, 3.6, 12, 'filename python.version chunked supports_getinfo passauth run_in_preview local'),
  shape('addon_builder', 54, 1, 3, 10, 'builder_version builder_build is_edited'),
  shape('collections', 42, 2.4, 6.6, 10, 'enforceTypes replicate field.*'),
  shape('server', 34, 1, 2.6, 30, 'serverName pass4SymmKey sslPassword conf_replication_include.*'),
  shape('searchbnf', 32, 3, 7.4, 72, 'syntax description usage shortdesc example1 comment1 tags example2 comment2'),
  shape('alert_actions', 30, 2.4, 9.4, 34, 'label is_custom payload_format icon_path description param.*'),
  shape('indexes', 18, 1.1, 4.4, 22, 'homePath coldPath thawedPath maxTotalDataSizeMB frozenTimePeriodInSecs'),
  shape('datamodels', 14, 1.6, 1.8, 220, 'acceleration dataset.commands dataset.fields label description'),
  shape('authorize', 13, 8.2, 2.3, 30, 'importRoles srchIndexesAllowed srchMaxTime srchIndexesDefault'),
  shape('workflow_actions', 10, 3.1, 7.3, 26, 'fields label type display_location link.method link.uri eventtypes'),
];

export const META_SHAPE: ConfShape = shape('meta', 278, 6.2, 2.3, 18, 'access export owner version modtime');
