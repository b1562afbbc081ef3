export { ByteBlocks, type ByteWriter } from './byte-blocks.ts';
export { ConfFileStore, contentKey, encodedFile } from './conf-file-store.ts';
export type { ContentName, EncodedFile, FoundFiles, KnownFile, ParsedFile } from './conf-file-store.ts';
export { ContentCollected } from './content-collected.ts';
export { ContentJanitor, type Collected, type ContentKind, type JanitorOptions } from './content-janitor.ts';
export type { DatabaseOptions } from './connection-pool.ts';
export { Database, type Executor, type Transaction, type TransactionHolder } from './database.ts';
export { DiagnosticQueries } from './diagnostic-queries.ts';
export type { DiagnosticCount, DiagnosticFilter, DiagnosticPosition, DiagnosticRow } from './diagnostic-queries.ts';
export { DispatchOutbox, type WaitingOptions, type WaitingRun } from './dispatch-outbox.ts';
export { Retention } from './retention.ts';
export { LayerQueries } from './layer-queries.ts';
export type {
  AppFolderRow,
  LayerFileRow,
  LayerStanzaRow,
  SettingsRow,
  StanzaOutlineRow,
  StanzaPlace,
} from './layer-queries.ts';
export { databaseProblem } from './database-problem.ts';
export { type DatabaseTrouble, troubleOf } from './database-trouble.ts';
export { Quarantine, type QuarantinedArchive } from './quarantine.ts';
export { type PausedQueue, QueueControls } from './queue-controls.ts';
export { attemptHolder, QUARANTINE_CRASHES, RunClaims } from './run-claims.ts';
export type { Claim, ClaimedRun, ClaimRequest, FailRun, Fence, LeaveRun, RepeatedRun } from './run-claims.ts';
export { RunCommands } from './run-commands.ts';
export type { ManifestLine, StoredTree } from './manifest-line.ts';
export { sortByPath, treeName, treePrefixChars, type ManifestEntry } from './manifest-names.ts';
export { RunPublisher, type PublishedMetrics, type RunResult } from './run-publisher.ts';
export { TreeStore, type FileSums, type KnownTree, type NamedTree } from './tree-store.ts';
export type { RunRow } from './run-row.ts';
export type { StoredInstance, StoredLayout, StoredSchemes } from './stored-layout.ts';
export type { StoredSetting, StoredSettingDetail, StoredStanza } from './stored-stanza.ts';
export { UploadRuns, type BeginUpload, type StoreUpload } from './upload-runs.ts';
export { RunFileQueries, type RunFileFilter, type RunFileRow } from './run-file-queries.ts';
export { RunQueries, type RunFilter, type RunPage } from './run-queries.ts';
export { StanzaQueries, type StanzaFilter, type StanzaPosition, type StanzaRow } from './stanza-queries.ts';
export { WorkerQueries } from './worker-queries.ts';
export type {
  AttemptRow,
  DatabaseVitals,
  QueueLoad,
  RecentFailure,
  RunFacts,
  RunStatistics,
  RunVitals,
} from './worker-queries.ts';
