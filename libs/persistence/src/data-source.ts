import { DataSource, type DataSourceOptions } from 'typeorm';
import { type DatabaseOptions, driverSettings } from './connection-pool.ts';
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
import { SearchHashes1795000000007 } from './migrations/0007-search-hashes.ts';
import { SameArchives1795000000008 } from './migrations/0008-same-archives.ts';

/**
 * A TypeORM data source over all of Confscope's entities and migrations; not connected yet. Only who migrates loads it:
 * TypeORM takes every process that does 26 MiB.
 */
export function createDataSource(options: DatabaseOptions): DataSource {
  const { applicationName, maxConnections, connectTimeoutMs, keepAlive, stream } = driverSettings(options);
  return new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName,
    poolSize: maxConnections,
    connectTimeoutMS: connectTimeoutMs,
    extra: { stream, keepAlive },
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
      SearchHashes1795000000007,
      SameArchives1795000000008,
    ],
    migrationsTransactionMode: 'each',
    logging: false,
    // An idle connection that breaks is replaced by the pool; the next query reports what matters.
    poolErrorHandler: () => undefined,
  } satisfies DataSourceOptions);
}
