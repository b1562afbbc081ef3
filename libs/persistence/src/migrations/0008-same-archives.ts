import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What makes an archive that was read before known as such: the version of the parser that read it, whether its name told
 * anything about its files, and an index to find it by its bytes. Null, as for what is complete already and for what a
 * process of the version before completes, means that it has to be read again.
 */
export class SameArchives1795000000008 implements MigrationInterface {
  readonly name = 'SameArchives1795000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table runs add column parser_version integer, add column named_by_archive boolean`);
    await runner.query(`
      create index runs_archive_idx on runs (archive_sha256, parser_version, completed_at)
       where parser_version is not null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table runs drop column parser_version, drop column named_by_archive`);
  }
}
