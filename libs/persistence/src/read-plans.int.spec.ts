import { randomUUID } from 'node:crypto';
import { createTestDatabase, type TestDatabase } from '@confscope/testing';
import { Database } from './database.ts';
import { sqlFile } from './sql-file.ts';

interface PlanNode {
  'Node Type': string;
  'Index Name'?: string;
  'Relation Name'?: string;
  Plans?: PlanNode[];
}

const PATH = 'etc/apps/0500/local/props.conf';

describe('what is read of one run, beside many other runs,', () => {
  let place: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    place = await createTestDatabase();
    database = await Database.connect({ url: place.url, applicationName: 'spec', maxConnections: 2 });
    await database.migrate();
    await database.rows(`insert into manifests (id, project_id, sha256, file_count, stanza_count)
      select m, 1, m, 1000, 5000 from generate_series(1, 20) m`);
    await database.rows(`insert into run_manifests (run_id, manifest_id, parsed)
      select r, 1 + r % 20, '{[0,5)}' from generate_series(1, 20000) r`);
    await database.rows(`insert into manifest_trees
                                (manifest_id, ordinal, first_path, prefix_chars, tree_id, first_file, first_stanza)
      select m, t - 1, format('etc/apps/%s/local/props.conf', to_char(t, 'FM0000')), 14, m * 1000 + t, t - 1, (t - 1) * 5
        from generate_series(1, 20) m, generate_series(1, 1000) t`);
    await database.rows(`insert into tree_files (tree_id, ordinal, path, file_id, first_stanza, kind, conf)
      select t, 0, 'local/props.conf', t, 0, 'conf', 'props' from generate_series(1, 21000) t`);
    await database.rows(`insert into conf_files (id, project_id, kind, conf, sha256, parser_version, bytes, stanza_count,
                                setting_count, error_count, warning_count, info_count, diagnostics)
      select f, 1, 'conf', 'props', f, 1, 9, 5, 5, 0, 0, 0, '[]' from generate_series(1, 21000) f`);
    await database.rows(`insert into stanzas (file_id, ordinal, name, line, header_lines, settings)
      select f, o, 's' || o, 1, '{1}', '[["k", "v", 1, 1]]' from generate_series(1, 21000) f, generate_series(0, 4) o`);
    await database.rows('analyze run_manifests, manifest_trees, tree_files, stanzas, conf_files');
  });
  afterAll(async () => {
    await database.close();
    await place.drop();
  });

  /** What a statement is made of. */
  async function nodesOf(statement: string, parameters: unknown[]): Promise<PlanNode[]> {
    const rows = await database.rows<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `explain (format json) ${sqlFile(statement)}`,
      parameters,
    );
    const visit = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(visit)];
    return rows.flatMap((row) => row['QUERY PLAN'].flatMap(({ Plan }) => visit(Plan)));
  }
  /** The indexes in use, and `Seq Scan` where a table is read whole. */
  function accessOf(nodes: readonly PlanNode[]): string[] {
    const names = nodes.flatMap((node) => [
      ...(node['Node Type'] === 'Seq Scan' ? ['Seq Scan'] : []),
      ...(node['Index Name'] === undefined ? [] : [node['Index Name']]),
    ]);
    return [...new Set(names)].toSorted();
  }
  const none = (count: number) => Array.from({ length: count }, () => null);
  const POINTER = 'run_manifests_pkey';
  const LINES = ['manifest_trees_pkey', 'tree_files_pkey'];

  describe('whether an archive was read before', () => {
    const used = async (statement: string, parameters: unknown[]) => {
      const nodes = await nodesOf(statement, parameters);
      return accessOf(nodes.filter((node) => node['Relation Name'] === 'runs'));
    };

    // The fewer archives there are, the more the planner trusts to meet one of them soon, wherever it looks.
    it.each([1, 20, 20_000])(
      'is looked up in its index, with %i archives in as many runs as there are',
      async (archives) => {
        await database.rows(
          `insert into runs (project_id, status, queue, archive_name, archive_sha256, parser_version, named_by_archive,
                           completed_at, metrics)
         select 1, 'complete', 'default', 'a', md5((r % $1)::text), 1, false, now() - r * interval '1 s', '{}'
           from generate_series(1, 20000) r`,
          [archives],
        );
        await database.rows('analyze runs');
        const claim = [1, randomUUID(), 'w', 'default/1-0', 45_000, null, false];
        for (const access of [await used('claim-run', claim), await used('repeat-run', [1, 1, 1])]) {
          expect(access).toContain('runs_archive_idx');
          expect(access).not.toContain('Seq Scan');
        }
        await database.rows('truncate runs');
      },
    );
  });

  it.each([
    ['a stanza by its number', 'find-stanza', [7, 2500], [POINTER, ...LINES, 'stanzas_pkey']],
    ['the files of a conf', 'files-of-confs', [7, ['props', 'app'], true], [POINTER, ...LINES]],
    ['what stands in files', 'stanzas-of-files', [[1, 2, 3], null], ['stanzas_pkey']],
    ['the keys in files', 'stanza-outlines', [[1, 2, 3], ['s1']], ['stanzas_pkey']],
    ['what files export', 'stanza-exports', [[1, 2, 3]], ['stanzas_pkey']],
    [
      'what stanzas set',
      'settings-of-stanzas',
      [
        [1, 2, 3],
        [0, 0, 4],
      ],
      ['stanzas_pkey'],
    ],
    ['what apps hold', 'count-run-apps', [7], [POINTER, ...LINES, 'conf_files_pkey']],
    ['the number of findings', 'count-diagnostics', [7, ...none(4)], [POINTER, ...LINES, 'conf_files_pkey']],
    [
      'files below a folder',
      'list-run-files',
      [7, null, 51, ...none(5), 'etc/apps/05'],
      [POINTER, ...LINES, 'conf_files_pkey'],
    ],
    ['the number of files', 'count-run-files', [7], [POINTER, 'manifests_pkey']],
    ['the number of all stanzas', 'count-stanzas', [7, true], [POINTER, 'manifests_pkey']],
    [
      'the number of stanzas that people write',
      'count-stanzas',
      [7, false],
      [POINTER, 'manifests_pkey', ...LINES, 'conf_files_pkey'],
    ],
  ])('%s comes by the primary keys', async (_what, statement, parameters, indexes) => {
    expect(accessOf(await nodesOf(statement, parameters))).toEqual(indexes.toSorted());
  });

  const STANZAS = [...LINES, 'stanzas_pkey'];
  const ANY = [Buffer.alloc(0), Buffer.alloc(0)];
  const KEY = [Buffer.alloc(0), Buffer.from('key')];

  it.each([
    ['a page of stanzas', 'list-stanzas', [7, null, -1, 51, ...none(8), ...ANY, false, 4096], STANZAS],
    ['a later page of stanzas', 'list-stanzas', [7, PATH, 2500, 51, ...none(8), ...ANY, false, 4096], STANZAS],
    [
      'stanzas with a key',
      'list-stanzas',
      [7, null, -1, 51, ...none(5), 'k', ...none(2), ...KEY, false, 4096],
      ['trees_pkey', 'conf_files_pkey', ...STANZAS],
    ],
    ['stanzas with a text', 'list-stanzas', [7, null, -1, 51, ...none(7), 'v', ...ANY, false, 4096], STANZAS],
    ['a page of findings', 'list-diagnostics', [7, PATH, 1, 51, ...none(4)], [...LINES, 'conf_files_pkey']],
    ['a page of files', 'list-run-files', [7, null, 51, ...none(6)], [...LINES, 'conf_files_pkey']],
    ['a later page of files', 'list-run-files', [7, PATH, 51, ...none(6)], [...LINES, 'conf_files_pkey']],
  ])(
    '%s comes in the order of the primary keys, and stops when it is full',
    async (_what, statement, parameters, indexes) => {
      const nodes = await nodesOf(statement, parameters);
      expect(accessOf(nodes)).toEqual([POINTER, ...indexes].toSorted());
      // A sort of all there is would have to read all there is.
      expect(nodes.map((node) => node['Node Type'])).not.toContain('Sort');
      expect(nodes.map((node) => node['Node Type'])).not.toContain('Hash Join');
    },
  );
});
