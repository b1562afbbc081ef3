import { Database } from '@confscope/persistence';
import { BadConfig, loadConfig } from '@confscope/service-kit/settings';
import { trustCaFile } from '@confscope/service-kit/trust';
import { migrateSettings } from './settings.ts';

/**
 * Brings the schema to the version of this build; may run any number of times, also by several at once. Exits with 1 and
 * a sentence when it cannot.
 */
async function migrate(): Promise<void> {
  const { DATABASE_URL, TLS_CA_FILE } = loadConfig(migrateSettings, process.env);
  trustCaFile(TLS_CA_FILE);
  const database = await Database.whenReachable(
    { url: DATABASE_URL, applicationName: 'migrate', maxConnections: 2 },
    (error) => console.error(`Waiting for PostgreSQL: ${error instanceof Error ? error.message : String(error)}`),
  );
  try {
    const done = await database.migrate();
    console.log(done.length === 0 ? 'The schema is up to date.' : `Migrated: ${done.join(', ')}`);
  } finally {
    await database.close();
  }
}

try {
  await migrate();
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  console.error(error instanceof BadConfig ? reason : `The schema could not be brought up to date: ${reason}`);
  process.exitCode = 1;
}
