import type { MigrationInterface, QueryRunner } from 'typeorm';

const CONTENT = ['conf_files', 'trees', 'manifests', 'layouts'] as const;

/**
 * What retention keeps in mind: since when nothing uses a content, and which archives belong to no run any more. The
 * indexes answer whether anything still names a content. Of `manifest_trees` there is none: it is small enough to be read
 * as a whole, and an index by tree leads the planner astray when it looks for the apps of a run.
 */
export class Retention1795000000006 implements MigrationInterface {
  readonly name = 'Retention1795000000006';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of CONTENT) {
      await runner.query(`alter table ${table} add column unused_since timestamptz`);
      await runner.query(`create index ${table}_unused_idx on ${table} (id) where unused_since is not null`);
    }
    await runner.query(`create index tree_files_file_idx on tree_files (file_id)`);
    await runner.query(`create index runs_layout_idx on runs (layout_id)`);
    await runner.query(`
      create table unwanted_archives (
        archive_key text constraint unwanted_archives_pkey primary key,
        since timestamptz not null default now()
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table unwanted_archives`);
    await runner.query(`drop index runs_layout_idx, tree_files_file_idx`);
    for (const table of CONTENT) await runner.query(`alter table ${table} drop column unused_since`);
  }
}
