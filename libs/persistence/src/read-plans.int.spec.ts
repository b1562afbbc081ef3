import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { Database } from './database.ts';
import { sqlFile } from './sql-file.ts';

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  Plans?: PlanNode[];
}

const PATH = 'etc/apps/5/local/props.conf';

describe('what is read of one run, beside many other runs,', () => {
  let place: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 2 });
    await database.migrate();
    await database.rows(`insert into run_files (run_id, path, file_id, first_stanza, kind, conf, reused)
      select r, 'etc/apps/' || f || '/local/props.conf', f, f * 5, 'conf', 'props', true
        from generate_series(1, 20) r, generate_series(1, 1000) f`);
    await database.rows(`insert into stanzas (file_id, ordinal, name, line, header_lines, settings)
      select f, o, 's' || o, 1, '{1}', '[["k", "v", 1, 1]]' from generate_series(1, 1000) f, generate_series(0, 4) o`);
    await database.rows('analyze run_files, stanzas, conf_files');
  });
  afterAll(async () => {
    await database.close();
    await place.drop();
  });

  /** The indexes that a statement uses, and `Seq Scan` for each table that it reads whole. */
  async function accessOf(statement: string, parameters: unknown[]): Promise<string[]> {
    const rows = await database.rows<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (format json) ${sqlFile(statement)}`,
      parameters,
    );
    const visit = (node: PlanNode): string[] => [
      ...(node['Node Type'] === 'Seq Scan' ? ['Seq Scan'] : []),
      ...(node['Index Name'] === undefined ? [] : [node['Index Name']]),
      ...(node.Plans ?? []).flatMap(visit),
    ];
    return rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => visit(Plan)));
  }
  const none = (count: number) => Array.from({ length: count }, () => null);
  const BOTH = ['run_files_pkey', 'stanzas_pkey'];

  it.each([
    ['a page of stanzas', 'list-stanzas', [7, null, -1, 51, ...none(8)], BOTH],
    ['a later page of stanzas', 'list-stanzas', [7, PATH, 2500, 51, ...none(8)], BOTH],
    ['stanzas with a key', 'list-stanzas', [7, null, -1, 51, ...none(5), 'k', ...none(2)], BOTH],
    ['stanzas with a text', 'list-stanzas', [7, null, -1, 51, ...none(7), 'v'], BOTH],
    ['a stanza by its number', 'find-stanza', [7, 2500], BOTH],
    ['the number of files', 'count-run-files', [7], ['run_files_pkey']],
  ])('%s comes by the primary keys', async (_what, statement, parameters, indexes) => {
    expect(await accessOf(statement, parameters)).toEqual(indexes);
  });

  it.each([
    ['a page of files', [7, null, 51, ...none(6)]],
    ['a later page of files', [7, PATH, 51, ...none(6)]],
    ['files below a folder', [7, null, 51, ...none(5), 'etc/apps/5']],
  ])('%s comes in the order of the primary key', async (_what, parameters) => {
    expect((await accessOf('list-run-files', parameters))[0]).toBe('run_files_pkey');
  });
});
