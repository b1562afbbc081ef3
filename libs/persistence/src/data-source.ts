import { Socket } from 'node:net';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { AttemptEntity } from './entities/attempt.entity.ts';
import { ConfFileEntity } from './entities/conf-file.entity.ts';
import { CrashedArchiveEntity } from './entities/crashed-archive.entity.ts';
import { LayoutEntity } from './entities/layout.entity.ts';
import { PausedQueueEntity } from './entities/paused-queue.entity.ts';
import { ProjectEntity } from './entities/project.entity.ts';
import { RunEntity } from './entities/run.entity.ts';
import { ManifestEntity, ManifestTreeEntity, RunManifestEntity } from './entities/manifest.entity.ts';
import { StanzaEntity } from './entities/stanza.entity.ts';
import { TreeEntity, TreeFileEntity } from './entities/tree.entity.ts';
import { UnwantedArchiveEntity } from './entities/unwanted-archive.entity.ts';
import { Initial1795000000001 } from './migrations/0001-initial.ts';
import { Layouts1795000000002 } from './migrations/0002-layouts.ts';
import { Protocol1795000000003 } from './migrations/0003-protocol.ts';
import { ManifestTrees1795000000004 } from './migrations/0004-manifest-trees.ts';
import { Retention1795000000006 } from './migrations/0006-retention.ts';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=…` for TLS. */
  url: string;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** Most connections this process holds. */
  maxConnections: number;
  /** How long to wait for a connection before the database counts as away. */
  connectTimeoutMs?: number;
  /**
   * How long a server that owes an answer may say nothing, and take nothing, before its connection counts as dead. The
   * network does not tell of a server that was cut off; without a limit, whoever asked would wait for ever.
   */
  silenceLimitMs?: number;
}

const SILENCE_LIMIT_MS = 60_000;

/** A TypeORM data source over all of Confscope's entities and migrations; not connected yet. */
export function createDataSource(options: DatabaseOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.applicationName,
    poolSize: options.maxConnections,
    connectTimeoutMS: options.connectTimeoutMs ?? 10_000,
    extra: { stream: () => socketWithLimit(options.silenceLimitMs ?? SILENCE_LIMIT_MS) },
    // All of our bigints are ids and byte counts far below 2^53.
    parseInt8: true,
    entities: [
      ProjectEntity,
      RunEntity,
      AttemptEntity,
      ConfFileEntity,
      StanzaEntity,
      TreeEntity,
      TreeFileEntity,
      ManifestEntity,
      ManifestTreeEntity,
      RunManifestEntity,
      LayoutEntity,
      PausedQueueEntity,
      CrashedArchiveEntity,
      UnwantedArchiveEntity,
    ],
    migrations: [
      Initial1795000000001,
      Layouts1795000000002,
      Protocol1795000000003,
      ManifestTrees1795000000004,
      Retention1795000000006,
    ],
    migrationsTransactionMode: 'each',
    logging: false,
    // An idle connection that breaks is replaced by the pool; the next query reports what matters.
    poolErrorHandler: () => undefined,
  } satisfies DataSourceOptions);
}

/** A socket that ends when nothing has passed it for this long. Idle connections of the pool are closed sooner. */
function socketWithLimit(silenceLimitMs: number): Socket {
  const socket = new Socket();
  socket.setTimeout(silenceLimitMs, () => socket.destroy(new Error(`PostgreSQL was silent for ${silenceLimitMs} ms.`)));
  return socket;
}
