import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { withDataSource } from './data-source.fixture.ts';
import { Database } from './database.ts';

/** Migrations after which processes of the version before cannot work; the changelog says of each to stop them first. */
const CONTRACTING: readonly string[] = ['ManifestTrees1795000000004'];

/** What processes rely on, by name. */
interface Schema {
  /** `table.column` → how it is declared. */
  columns: Map<string, { type: string; required: boolean; filled: boolean }>;
  /** Rules that rows must keep, and those that `on conflict` names. */
  rules: Map<string, { table: string; definition: string; unique: boolean }>;
}

async function schemaOf(database: Database): Promise<Schema> {
  const columns = await database.rows<{ name: string; type: string; required: boolean; filled: boolean }>(
    `select c.relname || '.' || a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
            a.attnotnull as required, a.atthasdef or a.attidentity <> '' as filled
       from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped`,
  );
  const rules = await database.rows<{ name: string; table: string; definition: string; unique: boolean }>(
    `select i.indexrelid::regclass::text as name, i.indrelid::regclass::text as table,
            regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING', '') as definition, true as unique
       from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indisunique and c.relnamespace = 'public'::regnamespace
     union all
     select conname, conrelid::regclass::text, pg_get_constraintdef(oid), false
       from pg_constraint where contype in ('c', 'f', 'x') and connamespace = 'public'::regnamespace`,
  );
  return {
    columns: new Map(columns.map(({ name, ...column }) => [name, column])),
    rules: new Map(rules.map(({ name, ...rule }) => [name, rule])),
  };
}

const tableOf = (column: string): string => column.split('.')[0] ?? '';

/** What a process that was written for `before` stumbles over in `after`, one sentence each. */
function breaks(before: Schema, after: Schema): string[] {
  const tables = new Set([...before.columns.keys()].map(tableOf));
  const problems: string[] = [];
  for (const [name, old] of before.columns) {
    const now = after.columns.get(name);
    if (!now) problems.push(`${name} is gone.`);
    else if (now.type !== old.type) problems.push(`${name} was ${old.type} and is ${now.type}.`);
    else if (now.required && !old.required) problems.push(`${name} must not be null any more.`);
    else if (old.filled && !now.filled) problems.push(`${name} has lost its default.`);
  }
  for (const [name, { required, filled }] of after.columns)
    if (tables.has(tableOf(name)) && !before.columns.has(name) && required && !filled)
      problems.push(`${name} is new and must be filled.`);
  const sameRule = (schema: Schema, wanted: { table: string; definition: string }): boolean =>
    [...schema.rules.values()].some(
      ({ table, definition }) => table === wanted.table && definition === wanted.definition,
    );
  for (const [name, rule] of before.rules)
    if (rule.unique && !sameRule(after, rule)) problems.push(`${name}, which "on conflict" may name, is gone.`);
  for (const [name, rule] of after.rules)
    if (tables.has(rule.table) && !sameRule(before, rule)) problems.push(`${name} is a new rule for ${rule.table}.`);
  return problems;
}

describe('a migration', () => {
  let place: TestDatabase;
  let database: Database;
  beforeEach(async () => {
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 2 });
  });
  afterEach(async () => {
    await database.close();
    await place.drop();
  });

  it('leaves everything in place that processes of the version before rely on, or is known not to', async () => {
    const names = await database.migrate();
    let after = await schemaOf(database);
    const found: Record<string, string[]> = {};
    for (const name of names.toReversed()) {
      await withDataSource(place.url, (source) => source.undoLastMigration());
      const before = await schemaOf(database);
      const problems = breaks(before, after);
      if (problems.length > 0) found[name] = problems;
      after = before;
    }
    for (const name of CONTRACTING) {
      expect(found[name]).toBeDefined();
      delete found[name];
    }
    expect(found).toEqual({});
  });

  it.each([
    ['alter table runs drop column label', 'runs.label is gone.'],
    ['alter table runs rename column label to title', 'runs.label is gone.'],
    ['drop table paused_queues', 'paused_queues.queue is gone.'],
    ['alter table runs alter column retry_count type bigint', 'runs.retry_count was integer and is bigint.'],
    ['alter table runs alter column notes set not null', 'runs.notes must not be null any more.'],
    ['alter table runs alter column created_at drop default', 'runs.created_at has lost its default.'],
    ['alter table runs add column owner text not null', 'runs.owner is new and must be filled.'],
    ['alter table runs add constraint named check (label is not null)', 'named is a new rule for runs.'],
    ['create unique index one_label on runs (label)', 'one_label is a new rule for runs.'],
    ['alter table runs drop constraint runs_pkey cascade', 'runs_pkey, which "on conflict" may name, is gone.'],
  ])('would be found out with: %s', async (sql, complaint) => {
    await database.migrate();
    const before = await schemaOf(database);
    await database.rows(sql);
    expect(breaks(before, await schemaOf(database))).toContain(complaint);
  });

  it('may add columns, tables and indexes', async () => {
    await database.migrate();
    const before = await schemaOf(database);
    for (const sql of [
      'alter table runs add column colour text',
      'alter table runs add column weight integer not null default 0',
      'create table colours (name text primary key)',
      'create index runs_label_idx on runs (label)',
    ])
      await database.rows(sql);
    expect(breaks(before, await schemaOf(database))).toEqual([]);
  });
});
