import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What operators decide about queues, and what is known of archives that kill the process that parses them. */
export class Protocol1795000000003 implements MigrationInterface {
  readonly name = 'Protocol1795000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table paused_queues (
        queue text constraint paused_queues_pkey primary key
          constraint paused_queues_queue_check check (queue in ('high', 'default', 'low')),
        paused_at timestamptz not null default now()
      )`);
    await runner.query(`
      create table crashed_archives (
        sha256 text constraint crashed_archives_pkey primary key,
        crashes integer not null,
        run_id bigint not null,
        error_type text not null,
        error_message text not null,
        last_crash_at timestamptz not null default now(),
        quarantined_at timestamptz
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table crashed_archives, paused_queues`);
  }
}
