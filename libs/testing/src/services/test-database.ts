import { randomUUID } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { testSetting } from './test-setting.ts';

/** A database of one spec's own. */
export interface TestDatabase {
  url: string;
  /** Ends every session of it and removes it. */
  drop(): Promise<void>;
}

/** Creates an empty database in the PostgreSQL of the test run, or a copy of `template`, which nobody may use meanwhile. */
export async function createTestDatabase(options: { template?: string } = {}): Promise<TestDatabase> {
  const admin = testSetting('CONFSCOPE_TEST_DATABASE_URL');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const copied = options.template === undefined ? '' : ` template ${escapeIdentifier(options.template)}`;
  await runAsAdmin(admin, `create database ${name}${copied}`);
  const url = new URL(admin);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => runAsAdmin(admin, `drop database ${name} with (force)`) };
}

async function runAsAdmin(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
