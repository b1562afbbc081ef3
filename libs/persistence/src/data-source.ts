import { DataSource, type DataSourceOptions } from 'typeorm';
import { AttemptEntity } from './entities/attempt.entity.ts';
import { ConfFileEntity } from './entities/conf-file.entity.ts';
import { LayoutEntity } from './entities/layout.entity.ts';
import { ProjectEntity } from './entities/project.entity.ts';
import { RunEntity } from './entities/run.entity.ts';
import { ManifestEntity, ManifestTreeEntity, RunManifestEntity } from './entities/manifest.entity.ts';
import { StanzaEntity } from './entities/stanza.entity.ts';
import { TreeEntity, TreeFileEntity } from './entities/tree.entity.ts';
import { Initial1795000000001 } from './migrations/0001-initial.ts';
import { Layouts1795000000002 } from './migrations/0002-layouts.ts';
import { ManifestTrees1795000000004 } from './migrations/0004-manifest-trees.ts';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=…` for TLS. */
  url: string;
  /** Shown in `pg_stat_activity`. */
  applicationName: string;
  /** Most connections this process holds. */
  maxConnections: number;
  /** How long to wait for a connection before the database counts as away. */
  connectTimeoutMs?: number;
}

/** A TypeORM data source over all of Confscope's entities and migrations; not connected yet. */
export function createDataSource(options: DatabaseOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.applicationName,
    poolSize: options.maxConnections,
    connectTimeoutMS: options.connectTimeoutMs ?? 10_000,
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
    ],
    migrations: [Initial1795000000001, Layouts1795000000002, ManifestTrees1795000000004],
    migrationsTransactionMode: 'each',
    logging: false,
    // An idle connection that breaks is replaced by the pool; the next query reports what matters.
    poolErrorHandler: () => undefined,
  } satisfies DataSourceOptions);
}
