import type { MigrationInterface, QueryRunner } from 'typeorm';

const CONTENT = ['conf_files', 'trees'] as const;

/**
 * What a search asks before it looks into a tree or a file; see `search-hashes.ts`. Null, as for what is stored already and
 * for what a process of the version before stores, means that anything may be in it. Hashes cannot be compressed, so
 * nobody tries.
 */
export class SearchHashes1795000000007 implements MigrationInterface {
  readonly name = 'SearchHashes1795000000007';

  async up(runner: QueryRunner): Promise<void> {
    for (const table of CONTENT) {
      await runner.query(`alter table ${table} add column search_hashes bytea`);
      await runner.query(`alter table ${table} alter column search_hashes set storage external`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of CONTENT) await runner.query(`alter table ${table} drop column search_hashes`);
  }
}
